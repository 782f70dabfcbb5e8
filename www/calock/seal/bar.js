/**
 * What stands above the pages: the page's number, how large pages are shown, and whether the small ones are there.
 * @module
 */
import { button, h } from "../element/dom.js";

/** Per cent of the true size. */
const SCALES = [50, 75, 100, 125, 150, 200];

export class Bar {
  #field;
  #zoom;
  #pages;
  #back;
  #on;
  #small;

  /**
   * @param {number} pages
   * @param {(key: string, values?: object) => string} w
   * @param {{go: (page: number) => void, zoom: (zoom: string) => void, thumbs: (shown: boolean) => void}} on
   */
  constructor(pages, w, on) {
    this.#pages = pages;
    const named = (sign, word, act) => {
      const one = button("small secondary sign", sign, act);
      one.setAttribute("aria-label", w(word));
      one.setAttribute("title", w(word));
      return one;
    };
    const field = h("input", { type: "number", min: 1, max: pages, value: 1, inputmode: "numeric", "aria-label": w("goTo") });
    field.addEventListener("change", () => on.go(Math.min(Math.max(Math.round(Number(field.value)) || 1, 1), pages)));
    this.#field = field;
    const choices = [["width", w("fitWidth")], ["page", w("fitPage")], ...SCALES.map((per) => [String(per), `${per}%`])];
    this.#zoom = h("select", { "aria-label": w("zoom") }, choices.map(([value, label]) => h("option", { value }, label)));
    this.#zoom.addEventListener("change", () => on.zoom(this.#zoom.value));
    this.#back = named("‹", "previousPage", () => on.go(this.#now() - 1));
    this.#on = named("›", "nextPage", () => on.go(this.#now() + 1));
    this.#small = button("small secondary", w("thumbs"), () => this.thumbs(this.#small.getAttribute("aria-expanded") !== "true", on.thumbs));
    this.element = h(
      "div", { class: "viewbar", role: "group", "aria-label": w("viewControls") },
      this.#small,
      h("span", { class: "paging" }, this.#back, field, h("span", { class: "count" }, `/ ${pages}`), this.#on),
      h("span", { class: "zooming" }, named("−", "smaller", () => this.step(-1, on.zoom)), this.#zoom, named("+", "larger", () => this.step(1, on.zoom))),
    );
  }

  /** Whether the small pages are shown. */
  thumbs(shown, told) {
    this.#small.setAttribute("aria-expanded", String(shown));
    told(shown);
  }

  /** The page that is looked at. */
  show(number) {
    if (this.#field.getRootNode().activeElement !== this.#field) this.#field.value = String(number);
    this.#field.dataset.page = number;
    this.#back.disabled = number <= 1;
    this.#on.disabled = number >= this.#pages;
  }

  /** One size up or down; from a fitted size to the next true one. @param {(zoom: string) => void} told */
  step(by, told, scale = Number(this.#zoom.value) || this.scale()) {
    const next = by > 0 ? SCALES.find((per) => per > scale + 0.5) : [...SCALES].reverse().find((per) => per < scale - 0.5);
    if (!next) return;
    this.#zoom.value = String(next);
    told(this.#zoom.value);
  }

  /** Back to the width of the view. */
  fit(told) {
    this.#zoom.value = "width";
    told("width");
  }

  /** Shows a size that was chosen before. */
  zoomed(zoom) {
    this.#zoom.value = zoom;
  }

  /** How large pages are shown when they are fitted, in per cent; told by whoever shows them. */
  scale = () => 100;

  #now() {
    return Number(this.#field.dataset.page) || 1;
  }
}
