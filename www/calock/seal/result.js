/**
 * What came of it: the sealed file to be kept or sent, and every check of every seal in it.
 * @module
 */
import { h } from "../element/dom.js";

/**
 * @param {object[]} signatures as `document.verify()` gives them
 * @param {(key: string, values?: object) => string} w
 * @param {import("../element/language.js").Words} words
 */
export function checksOf(signatures, w, words) {
  if (signatures.length === 0) return h("p", null, w("noSeals"));
  return h("div", { class: "signatures" }, signatures.map(({ seal, signer, time, checks, codes }) => {
    const name = seal?.name ?? w("plainSignature");
    const rows = Object.entries(checks).map(([check, outcome]) =>
      h("tr", { class: outcome.replace(" ", "-") }, h("th", { scope: "row" }, w(`check_${check}`)), h("td", null, w(`outcome_${outcome}`), codes[check] && h("small", null, ` ${codes[check]}`))));
    const table = h("table", null, h("caption", null, h("strong", null, name), " ", signer ?? "", time ? ` · ${moment(time, words)}` : ""), h("tbody", null, rows));
    return h("div", { class: "wide" }, table);
  }));
}

function moment(time, words) {
  return new Intl.DateTimeFormat(words.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** What the file will be called: `bid.ofd` becomes `bid-已签章.ofd`. */
export function sealedName(name, mark) {
  const dot = name.lastIndexOf(".");
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  return stem.endsWith(`-${mark}`) ? name : `${stem}-${mark}${end}`;
}
