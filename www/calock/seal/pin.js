/**
 * The question for the PIN, in a dialog over the page: the same one that a login asks.
 * @module
 */
import { h } from "../element/dom.js";
import { pinPanel } from "../element/pin.js";

/**
 * @param {ShadowRoot} root
 * @param {import("../element/language.js").Words} words
 * @param {string} confirm what the button says
 * @returns {(ask: object) => Promise<object|null>} what `pin` of a sealing is
 */
export function asking(root, words, confirm) {
  const own = {
    lang: words.lang,
    ui: (key, n) => (key === "confirm" ? confirm : words.ui(key, n)),
    of: (part, key) => words.of(part, key),
    date: (time) => words.date(time),
  };
  return (ask) =>
    new Promise((resolve) => {
      const dialog = h("dialog", { class: "ask", "aria-label": words.ui("pin") });
      const answer = (given) => {
        dialog.close();
        dialog.remove();
        resolve(given);
      };
      const { content, target } = pinPanel({ ask, act: { answer, other: () => answer(null) } }, own);
      // Another lock is another seal: that is chosen on the page.
      content.querySelector(".link").remove();
      dialog.append(content);
      dialog.addEventListener("cancel", () => answer(null));
      ask.signal?.addEventListener("abort", () => dialog.isConnected && answer(null));
      root.append(dialog);
      dialog.showModal();
      target.focus();
    });
}
