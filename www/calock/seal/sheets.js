/**
 * The document's pages, with the seals on them: drawn from what will be written, moved by pointer and by keys.
 * @module
 */
import { h } from "../element/dom.js";
import { round } from "./model.js";
import { Moving } from "./moving.js";
import { placesOf } from "./order.js";
import { drawPage, s } from "./page.js";

export class Sheets {
  #model;
  #w;
  #document;
  #pages = [];
  #places = new Map();
  #drawing = 0;
  #watch;
  #scale = 1;
  #moving;
  #onError;

  /**
   * @param {import("./model.js").Model} model
   * @param {(key: string, values?: Record<string, unknown>) => string} w
   * @param {(id: number, error?: Error) => void} onError says which item cannot stand where it is
   */
  constructor(model, w, onError) {
    this.#model = model;
    this.#w = w;
    this.#onError = onError;
    this.element = h("div", { class: "sheets", role: "group", "aria-label": w("pagesLabel") });
    this.element.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#dropped(event));
    this.#moving = new Moving(model, w, { element: this.element, page: (number) => this.#pages[number - 1], under: (at) => this.#under(at) });
    this.#watch = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && this.#fill(entry.target)), { rootMargin: "400px" });
    model.addEventListener("change", () => this.draw());
  }

  /** Called with (seal index, page, place) when a seal is dropped on a page. */
  onDrop = () => {};

  /** @param {import("./document.js").SealDocument|undefined} document */
  show(document) {
    this.#document = document;
    this.#watch.disconnect();
    this.#pages = (document?.pages ?? []).map((size, index) => this.#page(size, index + 1));
    this.element.replaceChildren(...this.#pages.map(({ figure }) => figure));
    this.draw();
  }

  /** 1: as wide as there is room. */
  zoom(scale) {
    this.#scale = scale;
    for (const { figure, size } of this.#pages) if (size) figure.style.setProperty("width", `${scale * 100}%`);
  }

  /** The page that is in the middle of what can be seen; 1 when none is. */
  current() {
    const middle = innerHeight / 2;
    const seen = this.#pages.find(({ figure }) => figure.getBoundingClientRect().bottom > middle);
    return seen?.number ?? this.#pages.length ?? 1;
  }

  goTo(number) {
    this.#pages[number - 1]?.figure.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  /** Draws the seals anew, all of them from the module's own geometry. */
  async draw() {
    const turn = (this.#drawing += 1);
    if (!this.#document) return;
    const items = this.#model.items;
    const all = await Promise.all(items.map((item) => placesOf(this.#document, item).catch((error) => error)));
    // What was asked for meanwhile is drawn by whoever asked.
    if (turn !== this.#drawing) return;
    for (const { stamps } of this.#pages) stamps.replaceChildren();
    this.#places.clear();
    items.forEach((item, index) => {
      const places = all[index];
      this.#onError(item.id, places instanceof Error ? places : undefined);
      if (places instanceof Error) return;
      this.#places.set(item.id, places);
      for (const place of places) this.#pages[place.page - 1].stamps.append(this.#moving.draw(item, place));
    });
    this.#moving.refocus();
  }

  /** Shows an item, and gives it the focus. */
  focus(id) {
    this.#moving.focus(id, this.#places.get(id)?.[0]?.page);
  }

  #page(size, number) {
    const w = this.#w;
    const shown = size ?? { width: 210, height: 297 };
    const label = size ? w("pageLabel", { n: number, width: size.width, height: size.height }) : w("pageWithoutSize", { n: number });
    const svg = drawPage({ size: shown, label });
    svg.setAttribute("role", "group");
    const stamps = svg.appendChild(s("g", {}));
    const figure = h("figure", { class: "sheet", "data-number": number }, svg, h("figcaption", null, label));
    figure.style.setProperty("width", `${this.#scale * 100}%`);
    this.#watch.observe(figure);
    return { number, size, svg, stamps, figure };
  }

  async #fill(figure) {
    this.#watch.unobserve(figure);
    const document = this.#document;
    const { number, size, svg, stamps } = this.#pages[figure.dataset.number - 1];
    if (!size) return;
    try {
      const content = await document.content(number);
      // The same drawing, now with what is on the page, below the seals.
      const filled = drawPage({ size, content, label: "" });
      for (const child of [...filled.childNodes].slice(1)) svg.insertBefore(child, stamps);
    } catch {
      // What cannot be drawn is an empty sheet: sealing says what is wrong with the file.
    }
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
