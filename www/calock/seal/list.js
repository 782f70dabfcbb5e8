/**
 * The seals at hand: from the lock, from files, from the portal; and what was written by hand.
 * @module
 */
import { button, h } from "../element/dom.js";
import { nameOf } from "./moving.js";
import { address } from "./page.js";
import { DRAGGED } from "./sheets.js";

export class SealList {
  /** `{seal, from}` or `{picture, width, height, from}` (millimetres), as they are shown. */
  all = [];
  #speech;
  #on;

  /**
   * @param {import("./speech.js").Speech} speech
   * @param {Record<"onAdd"|"onAcross"|"onKeyword", (what: {seal?: object, picture?: Blob}) => void>} on
   */
  constructor(speech, on) {
    this.#speech = speech;
    this.#on = on;
    this.element = h("ul", { class: "seals" });
  }

  get seals() {
    return this.all.map(({ seal }) => seal).filter(Boolean);
  }

  /** Takes seals of a source, in place of those that it gave before. One that was here stays the same object: one signature for all its places. */
  take(from, seals) {
    const before = this.all;
    this.all = before.filter((one) => one.from !== from);
    for (const seal of seals) this.add(from, before.find((one) => one.seal && same(one.seal, seal)) ?? { seal });
  }

  /** Adds one; the same seal is listed once. */
  add(from, what) {
    if (!what.seal || !this.seals.some((seal) => same(seal, what.seal))) this.all.push({ ...what, from });
  }

  /** @param {object[]|undefined} signers the lock's certificates; undefined while no lock is open */
  draw(signers, ready) {
    this.element.replaceChildren(...this.all.map((what, index) => {
      const card = what.seal ? this.#seal(what, signers) : this.#written(what);
      if (ready) card.setAttribute("draggable", "true");
      for (const control of card.querySelectorAll("button")) control.disabled = !ready;
      card.addEventListener("dragstart", (event) => event.dataTransfer.setData(DRAGGED, String(index)));
      return card;
    }));
  }

  #seal(what, signers) {
    const { w, words } = this.#speech;
    const { info } = what.seal;
    const fits = signers?.some((signer) => mayUse(what.seal, signer));
    const notes = [
      info.dates !== "ok" && w("sealExpired"),
      info.signature !== "ok" && w("sealBroken"),
      signers && !fits && w("notThisLock"),
    ].filter(Boolean);
    return this.#card(
      what,
      what.seal.drawable ? what.seal.picture : undefined,
      h("span", null, w("size", info), " · ", w(`from_${what.from}`)),
      h("span", null, words.ui("until"), " ", words.date(info.validUntil)),
      notes.map((note) => h("span", { class: "bad" }, note)),
      this.#tools(what, ["add", "onAdd"], ["addAcross", "onAcross"], ["addByKeyword", "onKeyword"]),
    );
  }

  #written(what) {
    return this.#card(what, what.picture, h("span", null, this.#speech.w("wide", what)), this.#tools(what, ["add", "onAdd"]));
  }

  #card(what, picture, ...about) {
    const name = nameOf(what, this.#speech.w);
    const image = picture ? h("img", { src: address(picture), alt: "", draggable: "false" }) : h("span", { class: "no-picture" }, name);
    return h("li", { class: "seal" }, h("div", { class: "picture" }, image), h("div", { class: "about" }, h("strong", null, name), ...about));
  }

  #tools(what, ...acts) {
    return h("div", { class: "tools" }, acts.map(([word, act]) => button("small secondary", this.#speech.w(word), () => this.#on[act](what))));
  }
}

const same = (one, other) => JSON.stringify(one.info) === JSON.stringify(other.info);

/** Whether the seal names this certificate. */
export function mayUse(seal, { fingerprint }) {
  return seal.info.signers.some((signer) => signer.fingerprint === fingerprint);
}
