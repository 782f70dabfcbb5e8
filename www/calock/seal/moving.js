/**
 * What stands on the pages, as it is drawn, and moving it: by pointer, by touch and by keys. Handwriting is also made larger and smaller.
 * @module
 */
import { moved, round, sizeOf, snapped } from "./model.js";
import { face, s, stamp } from "./page.js";

/** Millimetres that an arrow key moves a seal; with Shift, with Alt. */
const STEPS = { plain: 1, shift: 10, alt: 0.1 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Keys that change a width by a millimetre, on keyboards with and without Shift for plus. */
const SIZES = { "+": 1, "=": 1, "-": -1, _: -1 };
/** No handwriting is narrower, in millimetres; its handle's side. */
const LEAST = 5;
const HANDLE = 4;

export class Moving {
  #model;
  #w;
  #sheets;
  /** Item and page of what has the focus. */
  #held;

  /**
   * @param {import("./model.js").Model} model
   * @param {(key: string, values?: Record<string, unknown>) => string} w
   * @param {{element: HTMLElement, page: (number: number) => {number: number, size: object, svg: SVGElement}|undefined, under: (at: MouseEvent) => object|undefined}} sheets
   */
  constructor(model, w, sheets) {
    this.#model = model;
    this.#w = w;
    this.#sheets = sheets;
  }

  /** An item on one page. */
  draw(item, place) {
    const w = this.#w;
    const { placement, seal } = item;
    const values = { name: nameOf(item, w), n: place.page, x: place.x, y: place.y, field: placement.field };
    const shown = place.clip ?? { x: 0, y: 0, width: place.width, height: place.height };
    const box = { x: place.x + shown.x, y: place.y + shown.y, width: shown.width, height: shown.height };
    const label = placement.across ? "sliceLabel" : placement.field ? "inFieldLabel" : "stampLabel";
    const element = s("g", {
      tabindex: 0, role: "button", "aria-roledescription": w(seal ? "seal" : "handwriting"), "data-item": item.id, "data-page": place.page, class: "set",
      "aria-label": w(label, values), "aria-describedby": seal ? "moving" : "moving resizing",
    });
    const grip = s("rect", { ...box, fill: "transparent", class: "grip" });
    if (seal) element.append(grip, stamp({ place, seal }));
    else element.append(grip, face(item.picture, box), this.#handle(item, box, place));
    element.addEventListener("pointerdown", (event) => this.#drag(event, item, place));
    element.addEventListener("keydown", (event) => this.#key(event, item, place));
    element.addEventListener("focus", () => { this.#held = { id: item.id, page: place.page }; });
    element.addEventListener("blur", () => { if (this.#held?.id === item.id) queueMicrotask(() => element.isConnected && (this.#held = undefined)); });
    return element;
  }

  /** An item will have the focus once it is drawn. */
  hold(id, page) {
    this.#held = { id, page };
  }

  /** What had the focus has it again, after all was drawn anew. */
  refocus() {
    if (this.#held) this.focus(this.#held.id, this.#held.page, true);
  }

  /** Gives an item the focus where it stands on a page. */
  focus(id, page, preventScroll = false) {
    this.#sheets.element.querySelector(`[data-item="${id}"][data-page="${page}"]`)?.focus({ preventScroll });
  }

  #handle(item, { x, y, width, height }, place) {
    const handle = s("rect", { x: x + width - HANDLE / 2, y: y + height - HANDLE / 2, width: HANDLE, height: HANDLE, class: "handle" });
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      const wide = ({ x: by }) => resized(item.placement, item.placement.width + by, this.#sheets.page(place.page).size);
      this.#follow(event, item.id, place, wide);
    });
    return handle;
  }

  #drag(event, item, place) {
    const { placement } = item;
    if (placement.field) return;
    const { size } = this.#sheets.page(place.page);
    const there = ({ x, y }) => snapped({ x: place.x + x, y: place.y + y }, sizeOf(item), size);
    const wanted = (by) => (placement.across ? { at: there(by)[upright(placement) ? "y" : "x"] } : there(by));
    this.#follow(event, item.id, place, wanted, (at, by) => this.#land(at, item, place, { x: place.x + by.x, y: place.y + by.y }));
  }

  /**
   * Follows the pointer until it is let go: one step that can be undone.
   * @param {(by: {x: number, y: number}) => object} wanted what changes in the placement, by millimetres moved
   * @param {(at: PointerEvent, by: object) => void} [landed]
   */
  #follow(event, id, place, wanted, landed) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#held = { id, page: place.page };
    this.focus(id, place.page, true);
    const before = this.#model.items;
    const { svg, size } = this.#sheets.page(place.page);
    const scale = size.width / svg.getBoundingClientRect().width;
    const [from, { element }] = [{ x: event.clientX, y: event.clientY }, this.#sheets];
    element.setPointerCapture(event.pointerId);
    const by = (at) => ({ x: (at.clientX - from.x) * scale, y: (at.clientY - from.y) * scale });
    const move = (at) => this.#model.show(id, wanted(by(at)));
    const end = (at) => {
      element.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) element.removeEventListener(name, end);
      if (at.type === "pointerup") landed?.(at, by(at));
      if (this.#model.items !== before) this.#model.settle(before);
    };
    element.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, end);
  }

  /** What stands on a single page can be let go of over another one. */
  #land(at, item, place, wanted) {
    const { id, placement } = item;
    if (!single(placement)) return;
    const target = this.#sheets.under(at);
    if (!target?.size || target.number === place.page) return;
    const [own, other] = [this.#sheets.page(place.page).svg, target.svg].map((svg) => svg.getBoundingClientRect());
    const scale = target.size.width / other.width;
    const there = { x: wanted.x + (own.left - other.left) * scale, y: wanted.y + (own.top - other.top) * scale };
    this.#held = { id, page: target.number };
    this.#model.show(id, { pages: String(target.number), ...snapped(there, sizeOf(item), target.size) });
  }

  #key(event, { id }, drawn) {
    // Keys may come faster than the drawing.
    const item = this.#model.items.find((one) => one.id === id);
    if (!item) return;
    const { placement } = item;
    const change = (page, placed) => {
      event.preventDefault();
      this.#held = { id, page };
      this.#model.change(id, placed);
    };
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#held = undefined;
      return this.#model.remove(id);
    }
    if (placement.field || event.ctrlKey || event.metaKey) return;
    const place = { ...drawn, ...(placement.across ? { [upright(placement) ? "y" : "x"]: placement.at } : { x: placement.x, y: placement.y }) };
    const { width, height } = sizeOf(item);
    const size = this.#sheets.page(place.page).size;
    const to = (x, y, page = size) => ({ x: moved(place.x, x, width, page.width), y: moved(place.y, y, height, page.height) });
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    const target = turn && single(placement) && this.#sheets.page(place.page + turn);
    if (target?.size) return change(target.number, { pages: String(target.number), ...to(0, 0, target.size) });
    if (item.picture && SIZES[event.key]) return change(place.page, resized(placement, placement.width + SIZES[event.key], size));
    const way = ARROWS[event.key];
    if (!way) return;
    const step = event.shiftKey ? STEPS.shift : event.altKey ? STEPS.alt : STEPS.plain;
    const there = to(way[0] * step, way[1] * step);
    change(place.page, placement.across ? { at: there[upright(placement) ? "y" : "x"] } : there);
  }
}

/** What a seal or a handwriting is called. */
export const nameOf = ({ seal }, w) => seal?.info.name ?? w("handwriting");

/** Whether a seal across pages runs along an upright edge. */
export const upright = ({ across }) => across === "right" || across === "left";

const single = ({ pages, across }) => !across && /^\d+$/.test(pages);

/** Another width with the same proportions, as far as the page goes. */
export function resized({ x, y, width, height }, wanted, page) {
  const ratio = height / width;
  const most = Math.min(page.width - x, (page.height - y) / ratio);
  const wide = Math.max(Math.min(Math.round(wanted * 10) / 10, most), Math.min(LEAST, most));
  return { width: round(wide), height: round(wide * ratio) };
}
