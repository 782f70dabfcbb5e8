/**
 * The list of places: one row for each, which opens to its numbers as fields. One is open at a time.
 * @module
 */
import { button, h } from "../element/dom.js";
import { nameOf, resized } from "./moving.js";

/** Fields of a row: key of the placement, key of its word, what kind of input. */
const SINGLE = [["pages", "pages", "text"], ["x", "fromLeft", "number"], ["y", "fromTop", "number"]];
const ACROSS = [["across", "edge", "edge"], ["at", "along", "number"], ["pages", "pages", "text"]];
const HANDWRITTEN = [["pages", "page", "page"], ["x", "fromLeft", "number"], ["y", "fromTop", "number"], ["width", "width", "number"]];
/** What a seal across pages rarely needs. */
const GROUPS = [["skipFirst", "skipFirst", "count"], ["skipLast", "skipLast", "count"], ["slices", "slices", "count"]];
const EDGES = ["right", "left", "top", "bottom"];
/** How page lists are typed in Chinese. */
const COMMAS = /[，、；;]/g;
const DASHES = /[~～—–−至到]/g;

export class Rows {
  #model;
  #speech;
  #pages;
  #rows = new Map();
  #problems = new Map();
  #open;

  /**
   * @param {import("./model.js").Model} model
   * @param {import("./speech.js").Speech} speech
   * @param {{find: (id: number) => void, pages: () => ({width: number, height: number}|null)[]}} document shows an item; the pages' sizes
   */
  constructor(model, speech, { find, pages }) {
    this.#model = model;
    this.#speech = speech;
    this.onFind = find;
    this.#pages = pages;
    this.element = h("ol", { class: "rows" });
    model.addEventListener("change", () => this.draw());
    speech.follow(() => {
      this.#rows.clear();
      this.element.replaceChildren();
      this.draw();
    });
  }

  draw() {
    const { items } = this.#model;
    for (const [id, row] of this.#rows) {
      if (items.some((item) => item.id === id)) continue;
      row.element.remove();
      this.#rows.delete(id);
      this.#problems.delete(id);
    }
    const fresh = items.filter(({ id }) => !this.#rows.has(id));
    for (const item of fresh) this.#rows.set(item.id, this.#row(item));
    if (fresh.length === 1) this.#show(fresh[0].id);
    items.forEach((item, index) => {
      const row = this.#rows.get(item.id);
      if (this.element.children[index] !== row.element) this.element.insertBefore(row.element, this.element.children[index] ?? null);
      row.where.textContent = this.#where(item.placement);
      for (const [key, input, read] of row.inputs) {
        const value = read(item.placement[key]);
        // What somebody is typing is theirs, unless the seal was moved on the page meanwhile.
        if (input.value !== value && input.getRootNode().activeElement !== input) input.value = value;
      }
    });
    this.#tell();
  }

  /** Says what is wrong with an item, or that nothing is. */
  problem(id, text) {
    if (text) this.#problems.set(id, text);
    else this.#problems.delete(id);
    this.#tell();
  }

  #tell() {
    for (const [id, { problem, inputs }] of this.#rows) {
      const text = this.#problems.get(id) ?? "";
      if (problem.textContent !== text) problem.textContent = text;
      for (const [, input] of inputs) {
        if (text) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }
  }

  #show(id) {
    this.#open = id;
    for (const [own, { toggle, body }] of this.#rows) {
      if (!toggle) continue;
      toggle.setAttribute("aria-expanded", String(own === id));
      body.hidden = own !== id;
    }
  }

  #row(item) {
    const { w } = this.#speech;
    const { id, seal, placement } = item;
    const fields = placement.field ? [] : placement.across ? ACROSS : seal ? SINGLE : HANDWRITTEN;
    const inputs = [];
    const labelled = ([key, word, kind]) => {
      const input = this.#input(item, key, kind);
      inputs.push([key, input, reader(kind, w)]);
      return h("label", null, h("span", null, w(word)), input);
    };
    const body = h("div", { hidden: true, id: `numbers-${id}` }, h("div", { class: "fields" }, fields.map(labelled)));
    if (placement.across) body.append(h("details", { class: "more" }, h("summary", null, w("more")), h("div", { class: "fields" }, GROUPS.map(labelled))));
    else if (seal && fields.length) body.append(h("div", { class: "tools" }, button("small", w("everyPage"), () => this.#model.change(id, { pages: "all" }))));
    const problem = h("p", { class: "problem-line", role: "alert", id: `problem-${id}` });
    const where = h("p", { class: "hint" });
    const toggle = fields.length > 0 && button("small", w("numbers"), () => this.#show(this.#open === id ? undefined : id));
    if (toggle) toggle.setAttribute("aria-controls", body.id);
    const title = placement.across ? "acrossTitle" : placement.field ? "inField" : "single";
    const element = h(
      "li", { class: "row" },
      h("p", { class: "row-title" }, seal && [h("strong", null, w(title)), " "], nameOf(item, w)),
      where,
      problem,
      h("div", { class: "tools" }, button("small", w("find"), () => this.onFind(id)), toggle, button("small", w("remove"), () => this.#model.remove(id))),
      body,
    );
    const row = { element, inputs, problem, where, toggle, body };
    if (toggle) toggle.setAttribute("aria-expanded", String(this.#open === id));
    body.hidden = this.#open !== id;
    return row;
  }

  /** A place in one line. */
  #where({ field, across, at, pages, x, y }) {
    const { w } = this.#speech;
    if (field) return w("fieldNamed", { field });
    const some = pages === "all" ? w("allPages") : w("somePages", { pages });
    return across ? w("whereAcross", { pages: some, edge: w(`edge_${across}`), at }) : w("where", { pages: some, x, y });
  }

  #input({ id }, key, kind) {
    const { w } = this.#speech;
    const props = { "aria-describedby": `problem-${id}` };
    let input;
    if (kind === "edge") input = h("select", props, EDGES.map((edge) => h("option", { value: edge }, w(`edge_${edge}`))));
    else if (kind === "text") input = h("input", { ...props, type: "text", spellcheck: "false", autocomplete: "off", placeholder: "1-3,5,8" });
    else input = h("input", { ...props, type: "number", step: kind === "number" ? 0.1 : 1, min: kind === "page" ? 1 : 0, inputmode: "decimal" });
    input.addEventListener("change", () => {
      if (key === "width") return this.#widen(id, Number(input.value));
      const value = kind === "number" || kind === "count" ? Number(input.value) : kind === "text" ? pagesTyped(input.value, w("allPages")) : input.value;
      this.#model.change(id, { [key]: value });
    });
    return input;
  }

  #widen(id, width) {
    const { placement } = this.#model.items.find((item) => item.id === id);
    this.#model.change(id, resized(placement, width, this.#pages()[placement.pages - 1] ?? placement));
  }
}

/** What a field shows of a placement. */
function reader(kind, w) {
  return (value) => {
    if (kind === "number" || kind === "count") return String(value ?? 0);
    return value === "all" ? w("allPages") : String(value ?? w("allPages"));
  };
}

/** A list of pages as it is written into a placement: `1-3,5,8` or `all`. */
function pagesTyped(text, all) {
  const typed = text.trim();
  if (!typed || typed === all) return "all";
  return typed.normalize("NFKC").replace(COMMAS, ",").replace(DASHES, "-").replaceAll(" ", "");
}
