/**
 * The seals at hand: from the lock, from files, from the portal.
 * @module
 */
import { button, h } from "../element/dom.js";
import { DRAGGED } from "./sheets.js";

export class SealList {
  /** @type {{seal: import("./document.js").Seal, from: string}[]} */
  seals = [];
  #w;
  #words;
  #on;
  #addresses = new Map();

  /** @param {{onAdd: (seal: object) => void, onAcross: (seal: object) => void}} on */
  constructor(words, w, on) {
    this.#words = words;
    this.#w = w;
    this.#on = on;
    this.element = h("ul", { class: "seals" });
  }

  /** Takes seals of a source, in place of those that it gave before; the same seal is listed once. */
  take(from, seals) {
    this.seals = this.seals.filter((one) => one.from !== from);
    for (const seal of seals) if (!this.seals.some((one) => one.seal.info.id === seal.info.id)) this.seals.push({ seal, from });
  }

  /** Adds one. */
  add(from, seal) {
    if (!this.seals.some((one) => one.seal.info.id === seal.info.id)) this.seals.push({ seal, from });
  }

  /** @param {object[]|undefined} signers the lock's certificates; undefined while no lock is open */
  draw(signers, ready) {
    const w = this.#w;
    this.element.replaceChildren(...this.seals.map(({ seal, from }, index) => {
      const { info } = seal;
      const fits = signers?.some((signer) => mayUse(seal, signer));
      const notes = [
        info.dates !== "ok" && w("sealExpired"),
        info.signature !== "ok" && w("sealBroken"),
        signers && !fits && w("notThisLock"),
      ].filter(Boolean);
      const picture = seal.drawable
        ? h("img", { src: this.#address(seal), alt: "", draggable: "false" })
        : h("span", { class: "no-picture" }, info.name);
      const card = h(
        "li", { class: "seal", draggable: ready ? "true" : undefined },
        h("div", { class: "picture" }, picture),
        h(
          "div", { class: "about" },
          h("strong", null, info.name),
          h("span", null, w("size", { width: info.width, height: info.height }), " · ", w(`from_${from}`)),
          h("span", null, this.#words.ui("until"), " ", this.#words.date(info.validUntil)),
          notes.map((note) => h("span", { class: "bad" }, note)),
          h("div", { class: "tools" }, button("small secondary", w("add"), () => this.#on.onAdd(seal)), button("small secondary", w("addAcross"), () => this.#on.onAcross(seal))),
        ),
      );
      for (const control of card.querySelectorAll("button")) control.disabled = !ready;
      card.addEventListener("dragstart", (event) => event.dataTransfer.setData(DRAGGED, String(index)));
      return card;
    }));
  }

  #address(seal) {
    if (!this.#addresses.has(seal)) this.#addresses.set(seal, URL.createObjectURL(seal.picture));
    return this.#addresses.get(seal);
  }
}

/** Whether the seal names this certificate. */
export function mayUse(seal, { fingerprint }) {
  return seal.info.signers.some((signer) => signer.fingerprint === fingerprint);
}
