/**
 * The document's pages, with the seals on them: drawn from what will be written, moved by pointer and by keys.
 * @module
 */
import { h } from "../element/dom.js";
import { CalockError } from "../errors.js";
import { trusted } from "../seal-engine.js";
import { round } from "./model.js";
import { Moving } from "./moving.js";
import { placesOf } from "./order.js";
import { glass, s } from "./page.js";

export class Sheets {
  #model;
  #w;
  #document;
  #pages = [];
  #places = new Map();
  #drawing = 0;
  #scroller;
  /** What draws the pages below the seals, and finds its way among them; undefined until it is loaded. */
  #view;
  #goal = () => undefined;
  #moving;
  #onError;

  /**
   * @param {import("./model.js").Model} model
   * @param {import("./speech.js").Speech} speech
   * @param {(id: number, error?: Error) => void} onError says which item cannot stand where it is
   */
  constructor(model, speech, onError) {
    const { w } = speech;
    this.#model = model;
    this.#w = w;
    this.#onError = onError;
    this.#scroller = h("div", { class: "sheets", role: "group", tabindex: "0" });
    this.element = h("div", { class: "desk" }, this.#scroller);
    this.element.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#dropped(event));
    this.#moving = new Moving(model, w, { element: this.element, page: (number) => this.#pages[number - 1], under: (at) => this.#under(at) });
    model.addEventListener("change", () => this.draw());
    speech.follow(() => this.#speak());
  }

  /** Called with (seal index, page, place) when a seal is dropped on a page. */
  onDrop = () => {};

  /** What lies below the seals of a page (from 1), drawn with them. @type {(page: number) => SVGElement[]} */
  below = () => [];

  /** @param {import("./document.js").SealDocument|undefined} document */
  show(document) {
    this.#document = document;
    this.#pages = (document?.pages ?? []).map((size, index) => this.#page(size, index + 1));
    this.#scroller.replaceChildren(...this.#pages.map(({ figure }) => figure));
    this.#scroller.scrollTo(0, 0);
    this.#see();
    this.draw();
  }

  /** Has the pages drawn, in place of what drew them before. */
  #see() {
    this.#view?.then((view) => view.close(), () => {});
    this.#view = this.#document && this.#look(this.#document);
    // Without it the sheets are empty, and can be sealed.
    this.#view?.catch(() => {});
  }

  /**
   * The texts of pages (from 1; all without), in millimetres; undefined for an OFD document, whose module knows them.
   * @param {number[]} [pages]
   * @returns {Promise<{page: number, text: string, x: number, y: number, width: number, height: number, along: string}[]|undefined>}
   */
  async runs(pages) {
    return (await this.#view)?.runs(pages);
  }

  /** The page that somebody went to, or else the one in the middle of what can be seen. */
  current() {
    const goal = this.#goal();
    if (goal) return goal;
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const seen = this.#pages.find(({ figure }) => figure.getBoundingClientRect().bottom > middle);
    return seen?.number ?? Math.max(this.#pages.length, 1);
  }

  async #look(document) {
    const { show } = await import("../seal-view.js");
    if (document !== this.#document) throw new CalockError("ABORTED");
    const view = show({ desk: this.element, scroller: this.#scroller, sheets: this.#pages, document, w: this.#w, trusted, current: () => this.current() });
    this.#goal = () => view.goal;
    return view;
  }

  /** Draws the seals anew, all of them from the module's own geometry. */
  async draw() {
    const turn = (this.#drawing += 1);
    if (!this.#document) return;
    const items = this.#model.items;
    const all = await Promise.all(items.map((item) => placesOf(this.#document, item).catch((error) => error)));
    // What was asked for meanwhile is drawn by whoever asked.
    if (turn !== this.#drawing) return;
    for (const { stamps, number } of this.#pages) stamps.replaceChildren(...this.below(number));
    this.#places.clear();
    items.forEach((item, index) => {
      const places = all[index];
      this.#onError(item.id, places instanceof Error ? places : undefined);
      if (places instanceof Error) return;
      this.#places.set(item.id, places);
      for (const place of places) this.#pages[place.page - 1].stamps.append(this.#moving.draw(item, place));
    });
    this.#moving.refocus();
    this.#view?.then((view) => view.mark(this.#marks()), () => {});
  }

  /** What stands on each page. */
  #marks() {
    const marks = new Map();
    for (const item of this.#model.items) {
      for (const place of this.#places.get(item.id) ?? []) marks.set(place.page, [...(marks.get(place.page) ?? []), { ...item, place }]);
    }
    return marks;
  }

  /** Shows an item, and gives it the focus. */
  focus(id) {
    this.#moving.focus(id, this.#places.get(id)?.[0]?.page);
  }

  /** An item will have the focus, on this page, once it is drawn. */
  hold(id, page) {
    this.#moving.hold(id, page);
  }

  #speak() {
    this.#scroller.setAttribute("aria-label", this.#w("pagesLabel"));
    for (const page of this.#pages) this.#label(page);
    if (this.#document) this.#see();
    this.draw();
  }

  #label({ number, size, svg, figure }) {
    const label = size ? this.#w("pageLabel", { ...size, n: number }) : this.#w("pageWithoutSize", { n: number });
    svg.setAttribute("aria-label", label);
    figure.lastChild.textContent = label;
  }

  #page(size, number) {
    const shown = size ?? { width: 210, height: 297 };
    const stamps = s("g", {});
    const svg = glass(shown, { role: "group", class: "page" });
    svg.append(stamps);
    const paper = h("div", { class: "paper" }, svg);
    const figure = h("figure", { class: "sheet", "data-number": number }, paper, h("figcaption", null));
    figure.style.setProperty("--w", String(shown.width));
    figure.style.setProperty("--h", String(shown.height));
    const page = { number, size, svg, stamps, paper, figure };
    this.#label(page);
    return page;
  }

  #dropped(event) {
    const dragged = event.dataTransfer.getData(DRAGGED);
    const target = this.#under(event);
    if (!dragged || !target?.size) return;
    event.preventDefault();
    const box = target.svg.getBoundingClientRect();
    const scale = target.size.width / box.width;
    this.onDrop(Number(dragged), target.number, { x: round((event.clientX - box.left) * scale), y: round((event.clientY - box.top) * scale) });
  }

  #under({ clientX, clientY }) {
    return this.#pages.find(({ svg }) => {
      const { left, right, top, bottom } = svg.getBoundingClientRect();
      return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
    });
  }
}

/** What a seal that is dragged out of the list is called. */
export const DRAGGED = "application/x-calock-seal";
