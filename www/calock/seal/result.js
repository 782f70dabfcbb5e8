/**
 * What came of it: every seal in a file with its checks, folded where all is well.
 * @module
 */
import { h } from "../element/dom.js";

export class Checks {
  #speech;
  #signatures;

  /** @param {import("./speech.js").Speech} speech */
  constructor(speech) {
    this.#speech = speech;
    this.element = h("div", { class: "checks" });
    speech.follow(() => this.#draw());
  }

  /** @param {object[]} [signatures] as `document.verify()` gives them */
  show(signatures) {
    this.#signatures = signatures;
    this.#draw();
  }

  #draw() {
    const [all, { w }] = [this.#signatures, this.#speech];
    if (!all) return this.element.replaceChildren();
    if (all.length === 0) return this.element.replaceChildren(h("p", null, w("noSeals")));
    const held = all.filter(holds).length;
    const summary = h("p", { class: held === all.length ? "ok-line" : "problem-line" }, w(held === all.length ? "allHold" : "someFail", { n: all.length, held }));
    this.element.replaceChildren(summary, ...all.map((one) => this.#one(one)));
  }

  #one(signature) {
    const { w, words } = this.#speech;
    const { seal, signer, time, checks, codes } = signature;
    const good = holds(signature);
    const rows = Object.entries(checks).map(([check, outcome]) =>
      h("tr", { class: outcome.replace(" ", "-") }, h("th", { scope: "row" }, w(`check_${check}`)), h("td", null, w(`outcome_${outcome}`), codes[check] && h("small", null, ` ${codes[check]}`))));
    const name = seal?.name ?? w("plainSignature");
    return h(
      "details", { open: !good, class: "signature" },
      h("summary", { class: good ? "ok" : "failed" }, h("strong", null, name), " ", h("span", null, w(good ? "holds" : "fails"))),
      h("p", { class: "hint" }, signer ?? "", time ? ` · ${moment(time, words)}` : ""),
      h("table", { "aria-label": name }, h("tbody", null, rows)),
    );
  }
}

/** A seal holds when no check of it failed. */
const holds = ({ checks }) => Object.values(checks).every((outcome) => outcome !== "failed");

function moment(time, words) {
  return new Intl.DateTimeFormat(words.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** What the file will be called: `bid.ofd` becomes `bid-已签章.ofd`. */
export function sealedName(name, mark) {
  const dot = name.lastIndexOf(".");
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  return stem.endsWith(`-${mark}`) ? name : `${stem}-${mark}${end}`;
}
