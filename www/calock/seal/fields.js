/**
 * The empty signature fields of a document: where its author wants to have it sealed.
 * @module
 */
import { button, h } from "../element/dom.js";
import { s } from "./page.js";

export class Fields {
  #model;
  #speech;
  #choose;
  #all = [];
  #list = h("ul");

  /**
   * @param {import("./model.js").Model} model
   * @param {import("./speech.js").Speech} speech
   * @param {(field: {name: string, page: number}) => void} onChoose one was clicked
   */
  constructor(model, speech, onChoose) {
    this.#model = model;
    this.#speech = speech;
    this.#choose = onChoose;
    this.element = h("div", { class: "empty-fields", hidden: true }, h("h3", null, speech.text("emptyFields")), this.#list);
    model.addEventListener("change", () => this.#draw());
    speech.follow(() => this.#draw());
  }

  /** @param {{name: string, page: number, x: number, y: number, width: number, height: number}[]} fields as `document.fields()` gives them */
  show(fields) {
    this.#all = fields;
    this.#draw();
  }

  /** Outlines for a page (from 1), to be clicked. */
  on(page) {
    return this.#free().filter((field) => field.page === page && field.width > 0 && field.height > 0).map((field) => {
      const { x, y, width, height, name } = field;
      const label = this.#speech.w("sealInField", { field: name });
      const size = Math.min(4, height / 2);
      const outline = s("g", { role: "button", tabindex: 0, class: "empty-field", "aria-label": label }, s("rect", { x, y, width, height }), s("text", { x: x + 1, y: y + size, "font-size": size }, name));
      outline.addEventListener("click", () => this.#choose(field));
      outline.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.#choose(field);
      });
      return outline;
    });
  }

  /** The empty field at a place, in millimetres. */
  at(page, { x, y }) {
    return this.#free().find((one) => one.page === page && x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height);
  }

  #free() {
    const { items } = this.#model;
    return this.#all.filter(({ name }) => !items.some(({ placement }) => placement.field === name));
  }

  #draw() {
    const { w } = this.#speech;
    const free = this.#free();
    this.element.hidden = free.length === 0;
    this.#list.replaceChildren(...free.map((field) =>
      h("li", null, h("span", null, w("fieldOnPage", { field: field.name, n: field.page })), button("small secondary", w("sealHere"), () => this.#choose(field)))));
  }
}
