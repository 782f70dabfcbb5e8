/**
 * The document's pages, with the seals on them: drawn from what will be written, moved by pointer and by keys.
 * @module
 */
import { h } from "../element/dom.js";
import { CalockError } from "../errors.js";
import { trusted } from "../seal-engine.js";
import { moved, round, snapped } from "./model.js";
import { glass, s, stamp } from "./page.js";

/** Millimetres that an arrow key moves a seal; with Shift, with Alt. */
const STEPS = { plain: 1, shift: 10, alt: 0.1 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

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
  /** Item and page of the seal that has the focus. */
  #held;
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
    this.#scroller = h("div", { class: "sheets", role: "group", "aria-label": w("pagesLabel"), tabindex: "0" });
    this.element = h("div", { class: "desk" }, this.#scroller);
    this.element.addEventListener("dragover", (event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#dropped(event));
    model.addEventListener("change", () => this.draw());
  }

  /** Called with (seal index, page, place) when a seal is dropped on a page. */
  onDrop = () => {};

  /** @param {import("./document.js").SealDocument|undefined} document */
  show(document) {
    this.#document = document;
    this.#view?.then((view) => view.close(), () => {});
    this.#pages = (document?.pages ?? []).map((size, index) => this.#page(size, index + 1));
    this.#scroller.replaceChildren(...this.#pages.map(({ figure }) => figure));
    this.#scroller.scrollTo(0, 0);
    this.#view = document && this.#look(document);
    // Without it the sheets are empty, and can be sealed.
    this.#view?.catch(() => {});
    this.draw();
  }

  /**
   * The texts of pages (from 1; all without), in millimetres; undefined for an OFD document, whose module knows them.
   * @param {number[]} [pages]
   * @returns {Promise<{page: number, text: string, x: number, y: number, width: number, height: number, along: string}[]|undefined>}
   */
  async runs(pages) {
    return (await this.#view)?.runs(pages);
  }

  /** The page that is in the middle of what can be seen. */
  current() {
    const { top, bottom } = this.#scroller.getBoundingClientRect();
    const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const seen = this.#pages.find(({ figure }) => figure.getBoundingClientRect().bottom > middle);
    return seen?.number ?? Math.max(this.#pages.length, 1);
  }

  async #look(document) {
    const { show } = await import("../seal-view.js");
    if (document !== this.#document) throw new CalockError("ABORTED");
    return show({ desk: this.element, scroller: this.#scroller, sheets: this.#pages, document, w: this.#w, trusted, current: () => this.current() });
  }

  /** Draws the seals anew, all of them from the module's own geometry. */
  async draw() {
    const turn = (this.#drawing += 1);
    if (!this.#document) return;
    const items = this.#model.items;
    const all = await Promise.all(items.map((item) => this.#document.places(item.seal, [item.placement]).catch((error) => error)));
    // What was asked for meanwhile is drawn by whoever asked.
    if (turn !== this.#drawing) return;
    const held = this.#held;
    for (const { stamps } of this.#pages) stamps.replaceChildren();
    this.#places.clear();
    items.forEach((item, index) => {
      const places = all[index];
      this.#onError(item.id, places instanceof Error ? places : undefined);
      if (places instanceof Error) return;
      this.#places.set(item.id, places);
      for (const place of places) this.#pages[place.page - 1].stamps.append(this.#stamp(item, place));
    });
    if (held) this.focus(held.id, held.page);
    this.#view?.then((view) => view.mark(this.#stamps()), () => {});
  }

  /** What stands on each page. */
  #stamps() {
    const stamps = new Map();
    for (const { id, seal } of this.#model.items) {
      for (const place of this.#places.get(id) ?? []) stamps.set(place.page, [...(stamps.get(place.page) ?? []), { place, seal }]);
    }
    return stamps;
  }

  /** Gives a seal on a page the focus. */
  focus(id, page) {
    this.element.querySelector(`[data-item="${id}"][data-page="${page ?? this.#places.get(id)?.[0]?.page}"]`)?.focus({ preventScroll: page !== undefined });
  }

  #page(size, number) {
    const w = this.#w;
    const shown = size ?? { width: 210, height: 297 };
    const label = size ? w("pageLabel", { n: number, width: size.width, height: size.height }) : w("pageWithoutSize", { n: number });
    const stamps = s("g", {});
    const svg = glass(shown, { role: "group", "aria-label": label, class: "page" });
    svg.append(stamps);
    const paper = h("div", { class: "paper" }, svg);
    const figure = h("figure", { class: "sheet", "data-number": number }, paper, h("figcaption", null, label));
    figure.style.setProperty("--w", String(shown.width));
    figure.style.setProperty("--h", String(shown.height));
    return { number, size, svg, stamps, paper, figure };
  }

  #stamp(item, place) {
    const w = this.#w;
    const { placement, seal } = item;
    const values = { name: seal.info.name, n: place.page, x: place.x, y: place.y };
    const shown = place.clip ?? { x: 0, y: 0, width: place.width, height: place.height };
    const box = { x: place.x + shown.x, y: place.y + shown.y, width: shown.width, height: shown.height };
    const element = s("g", {
      tabindex: 0, role: "button", "aria-roledescription": w("seal"), "data-item": item.id, "data-page": place.page, class: "set",
      "aria-label": w(placement.across ? "sliceLabel" : "stampLabel", values), "aria-describedby": "moving",
    });
    element.append(s("rect", { ...box, fill: "transparent", class: "grip" }), stamp({ place, seal }));
    element.addEventListener("pointerdown", (event) => this.#drag(event, item, place));
    element.addEventListener("keydown", (event) => this.#key(event, item, place));
    element.addEventListener("focus", () => { this.#held = { id: item.id, page: place.page }; });
    element.addEventListener("blur", () => { if (this.#held?.id === item.id) queueMicrotask(() => element.isConnected && (this.#held = undefined)); });
    return element;
  }

  #drag(event, { id, placement, seal }, place) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#held = { id, page: place.page };
    this.focus(id, place.page);
    const before = this.#model.items;
    const { svg, size } = this.#pages[place.page - 1];
    const scale = size.width / svg.getBoundingClientRect().width;
    const [from, sheets] = [{ x: event.clientX, y: event.clientY }, this.element];
    sheets.setPointerCapture(event.pointerId);
    const wanted = (at) => ({ x: place.x + (at.clientX - from.x) * scale, y: place.y + (at.clientY - from.y) * scale });
    const move = (at) => this.#model.show(id, this.#wanted(placement, wanted(at), seal, size));
    const end = (at) => {
      sheets.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) sheets.removeEventListener(name, end);
      if (at.type === "pointerup") this.#land(at, id, placement, seal, place, wanted(at));
      if (this.#model.items !== before) this.#model.settle(before);
    };
    sheets.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) sheets.addEventListener(name, end);
  }

  /** A seal on a single page can be let go of over another one. */
  #land(at, id, placement, seal, place, wanted) {
    if (placement.across || !/^\d+$/.test(placement.pages)) return;
    const target = this.#under(at);
    if (!target?.size || target.number === place.page) return;
    const [own, other] = [this.#pages[place.page - 1].svg, target.svg].map((svg) => svg.getBoundingClientRect());
    const scale = target.size.width / other.width;
    const there = { x: wanted.x + (own.left - other.left) * scale, y: wanted.y + (own.top - other.top) * scale };
    this.#held = { id, page: target.number };
    this.#model.show(id, { pages: String(target.number), ...snapped(there, seal.info, target.size) });
  }

  #wanted(placement, wanted, { info }, size) {
    const place = snapped(wanted, info, size);
    if (!placement.across) return place;
    return { at: upright(placement) ? place.y : place.x };
  }

  #key(event, { id, seal: { info } }, drawn) {
    // Keys may come faster than the drawing.
    const { placement } = this.#model.items.find((item) => item.id === id) ?? {};
    if (!placement) return;
    const place = { ...drawn, ...(placement.across ? { [upright(placement) ? "y" : "x"]: placement.at } : { x: placement.x, y: placement.y }) };
    const size = this.#pages[place.page - 1].size;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#held = undefined;
      return this.#model.remove(id);
    }
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    if (turn && !placement.across && /^\d+$/.test(placement.pages)) {
      event.preventDefault();
      const target = this.#pages[place.page - 1 + turn];
      if (!target?.size) return;
      this.#held = { id, page: target.number };
      this.#model.change(id, { pages: String(target.number), x: moved(place.x, 0, info.width, target.size.width), y: moved(place.y, 0, info.height, target.size.height) });
      return;
    }
    const way = ARROWS[event.key];
    if (!way || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? STEPS.shift : event.altKey ? STEPS.alt : STEPS.plain;
    const x = moved(place.x, way[0] * step, info.width, size.width);
    const y = moved(place.y, way[1] * step, info.height, size.height);
    if (placement.across) this.#model.change(id, { at: upright(placement) ? y : x });
    else this.#model.change(id, { x, y });
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

/** Whether a seal across pages runs along an upright edge. */
export const upright = ({ across }) => across === "right" || across === "left";
