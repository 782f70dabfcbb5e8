/**
 * What few documents need, loaded when one has it or somebody asks for it: empty signature fields, and in dialogs over `<calock-seal>`
 * places by keyword, handwriting, the choice among several seals.
 * @module
 */
import texts from "./messages.placing.js";
import style from "./seal/more.css.js";

export { Fields } from "./seal/fields.js";
export { askHandwriting } from "./seal/handwriting.js";
export { askKeyword, chooseSeal } from "./seal/keyword.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(style);

/** Gives an element the look and the words of these, once. @param {ShadowRoot} root @param {import("./seal/speech.js").Speech} speech */
export function dress(root, speech) {
  if (root.adoptedStyleSheets.includes(sheet)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  speech.teach(texts);
}
