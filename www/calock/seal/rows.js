/**
 * The list of places: one row for each, with its numbers as fields.
 * @module
 */
import { button, h } from "../element/dom.js";

/** Fields of a row: key of the placement, key of its word, what kind of input. */
const SINGLE = [["pages", "pages", "text"], ["x", "fromLeft", "number"], ["y", "fromTop", "number"]];
const ACROSS = [["across", "edge", "edge"], ["at", "along", "number"], ["pages", "pages", "text"], ["skipFirst", "skipFirst", "count"], ["skipLast", "skipLast", "count"], ["slices", "slices", "count"]];
const EDGES = ["right", "left", "top", "bottom"];

export class Rows {
  #model;
  #w;
  #rows = new Map();

  /**
   * @param {import("./model.js").Model} model
   * @param {(key: string, values?: object) => string} w
   * @param {(id: number) => void} onFind shows an item on its page
   */
  constructor(model, w, onFind) {
    this.#model = model;
    this.#w = w;
    this.onFind = onFind;
    this.element = h("ol", { class: "rows" });
    model.addEventListener("change", () => this.draw());
  }

  draw() {
    const { items } = this.#model;
    for (const [id, row] of this.#rows) {
      if (items.some((item) => item.id === id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    items.forEach((item, index) => {
      let row = this.#rows.get(item.id);
      if (!row) this.#rows.set(item.id, (row = this.#row(item)));
      if (this.element.children[index] !== row.element) this.element.insertBefore(row.element, this.element.children[index] ?? null);
      for (const [key, input] of row.inputs) {
        const value = String(item.placement[key] ?? (input.type === "number" ? 0 : "all"));
        // What somebody is typing is theirs, unless the seal was moved on the page meanwhile.
        if (input.value !== value && input.getRootNode().activeElement !== input) input.value = value;
      }
    });
  }

  /** Says what is wrong with an item, or that nothing is. */
  problem(id, text) {
    const row = this.#rows.get(id);
    if (!row) return;
    row.problem.textContent = text ?? "";
    for (const [, input] of row.inputs) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }

  #row({ id, seal, placement }) {
    const w = this.#w;
    const inputs = (placement.across ? ACROSS : SINGLE).map(([key, word, kind]) => [key, this.#input(id, key, kind), w(word)]);
    const problem = h("p", { class: "problem-line", role: "alert", id: `problem-${id}` });
    const element = h(
      "li", { class: "row" },
      h("p", { class: "row-title" }, h("strong", null, placement.across ? w("acrossTitle") : w("single")), " ", seal.info.name),
      h("div", { class: "fields" }, inputs.map(([, input, label]) => h("label", null, h("span", null, label), input))),
      problem,
      h("div", { class: "tools" }, button("small", w("find"), () => this.onFind(id)), button("small", w("remove"), () => this.#model.remove(id))),
    );
    return { element, inputs: inputs.map(([key, input]) => [key, input]), problem };
  }

  #input(id, key, kind) {
    const props = { "aria-describedby": `problem-${id}` };
    const change = () => this.#model.change(id, { [key]: kind === "number" || kind === "count" ? Number(input.value) : input.value.trim() || "all" });
    let input;
    if (kind === "edge") input = h("select", props, EDGES.map((edge) => h("option", { value: edge }, this.#w(`edge_${edge}`))));
    else if (kind === "text") input = h("input", { ...props, type: "text", spellcheck: "false", autocomplete: "off", placeholder: "1-3,5,8" });
    else input = h("input", { ...props, type: "number", step: kind === "count" ? 1 : 0.1, min: 0, inputmode: "decimal" });
    input.addEventListener("change", change);
    return input;
  }
}
