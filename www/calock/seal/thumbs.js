/**
 * All pages small, with the seals that stand on them: where somebody is in a document, and the way to another page.
 * @module
 */
import { h } from "../element/dom.js";
import { face, glass, stamp } from "./page.js";
import { Papers } from "./papers.js";

/** Pixels of a small page at most. */
const MOST = 200_000;
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1, PageUp: -5, PageDown: 5, Home: -Infinity, End: Infinity };

export class Thumbs {
  #pages;
  #papers;
  #list;
  #current;

  /**
   * @param {({width: number, height: number}|null)[]} sizes
   * @param {Function} paint as `Papers` takes it
   * @param {(key: string, values?: object) => string} w
   * @param {(page: number) => void} go
   */
  constructor(sizes, paint, w, go) {
    this.#pages = sizes.map((size, index) => {
      const shown = size ?? { width: 210, height: 297 };
      const marks = glass(shown, { class: "marks", "aria-hidden": "true" });
      const paper = h("span", { class: "paper" }, marks);
      paper.style.setProperty("aspect-ratio", `${shown.width} / ${shown.height}`);
      const sealed = h("span", { class: "hidden", hidden: true }, w("hasSeals"));
      const label = h("span", { class: "thumb-number" }, h("span", { class: "hidden" }, w("goTo"), " "), String(index + 1), " ", sealed);
      const one = h("button", { type: "button", class: "thumb", tabindex: "-1", onclick: () => go(index + 1) }, paper, label);
      return { number: index + 1, size, marks, paper, button: one, sealed };
    });
    this.#list = h("ol", { class: "thumbs" }, this.#pages.map((page) => h("li", null, page.button)));
    this.#list.addEventListener("keydown", (event) => this.#key(event, go));
    this.element = h("nav", { class: "thumbs-side", "aria-label": w("thumbs") }, this.#list);
    this.#papers = new Papers(this.#list, paint, { margin: "200px", limit: 1, most: MOST });
    for (const { size, paper, number } of this.#pages) if (size) this.#papers.watch(paper, number, size);
  }

  /** Shows what stands on the pages. @param {Map<number, {place: object, seal?: object, picture?: Blob}[]>} all by page */
  mark(all) {
    for (const { number, marks, button, sealed } of this.#pages) {
      const here = all.get(number) ?? [];
      if (here.length || marks.childElementCount) marks.replaceChildren(...here.map((one) => (one.seal ? stamp(one) : face(one.picture, one.place))));
      sealed.hidden = here.length === 0;
      button.classList.toggle("has-seal", here.length > 0);
    }
  }

  /** Highlights the page that is looked at and brings it into sight. */
  show(number) {
    if (number === this.#current) return;
    const [before, now] = [this.#pages[this.#current - 1], this.#pages[number - 1]];
    before?.button.removeAttribute("aria-current");
    before?.button.setAttribute("tabindex", "-1");
    if (!now) return;
    this.#current = number;
    now.button.setAttribute("aria-current", "page");
    now.button.setAttribute("tabindex", "0");
    this.#reveal(now.button);
  }

  close() {
    this.#papers.close();
    this.element.remove();
  }

  /** Within the strip only: nothing else may move. */
  #reveal(thumb) {
    const [box, view, list] = [thumb.getBoundingClientRect(), this.#list.getBoundingClientRect(), this.#list];
    if (box.top < view.top || box.bottom > view.bottom) list.scrollTop += box.top - view.top - (view.height - box.height) / 2;
    if (box.left < view.left || box.right > view.right) list.scrollLeft += box.left - view.left - (view.width - box.width) / 2;
  }

  #key(event, go) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const number = Math.min(Math.max(this.#current + step, 1), this.#pages.length);
    go(number);
    this.#pages[number - 1].button.focus({ preventScroll: true });
  }
}
