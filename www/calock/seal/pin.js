/**
 * The question for the PIN, in a dialog over the page: the same one that a login asks.
 * @module
 */
import { h } from "../element/dom.js";
import { pinPanel } from "../element/pin.js";

/**
 * @param {ShadowRoot} root
 * @param {import("../element/language.js").Words} words
 * @returns {(ask: object) => Promise<object|null>} what `pin` of a sealing is
 */
export function asking(root, words) {
  return (ask) =>
    new Promise((resolve) => {
      const dialog = h("dialog", { class: "ask", "aria-label": words.ui("pin") });
      const answer = (given) => {
        dialog.close();
        dialog.remove();
        resolve(given);
      };
      const { content, target } = pinPanel({ ask, act: { answer, other: () => answer(null) } }, words);
      dialog.append(content);
      dialog.addEventListener("cancel", () => answer(null));
      ask.signal?.addEventListener("abort", () => dialog.isConnected && answer(null));
      root.append(dialog);
      dialog.showModal();
      target.focus();
    });
}
