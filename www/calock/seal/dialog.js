/**
 * A question in a dialog over the page.
 * @module
 */
import { button, h } from "../element/dom.js";

/**
 * @param {{root: ShadowRoot, speech: import("./speech.js").Speech}} place
 * @param {string} title key of its word
 * @param {(answer: (given: unknown) => void) => {content: Node[], acts?: Node[], first?: HTMLElement}} build what stands in it, beside the
 *   title and the way out; `first` gets the focus
 * @returns {Promise<unknown>} null when nothing was chosen
 */
export function asked({ root, speech: { w } }, title, build) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask more-ask", "aria-labelledby": "ask-title" });
    const answer = (given) => {
      dialog.close();
      dialog.remove();
      resolve(given);
    };
    const { content, acts = [], first } = build(answer);
    dialog.append(h("h2", { id: "ask-title" }, w(title)), ...content, h("p", { class: "actions" }, acts, button("secondary", w("cancel"), () => answer(null))));
    dialog.addEventListener("cancel", () => answer(null));
    root.append(dialog);
    dialog.showModal();
    first?.focus();
  });
}

/** A field with its label. */
export const labelled = (label, input) => h("label", { class: "labelled" }, h("span", null, label), input);
