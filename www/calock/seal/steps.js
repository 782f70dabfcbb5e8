/**
 * The five steps at a glance: what is done, what comes next, and a way to each.
 * @module
 */
import { h } from "../element/dom.js";

const STEPS = ["File", "Seals", "Places", "Sign", "Done"];

export class Steps {
  #speech;
  #items = [];
  #sections = [];

  /** @param {import("./speech.js").Speech} speech */
  constructor(speech) {
    this.#speech = speech;
    this.element = speech.named(h("nav", { class: "steps" }), "steps");
    this.#items = STEPS.map((step, index) => {
      const go = h("button", { type: "button", onclick: () => this.#sections[index].firstChild.focus() }, h("b"), " ", h("span", null, speech.text(`short${step}`)), h("span", { class: "hidden" }));
      return h("li", null, go);
    });
    this.element.append(h("ol", null, this.#items));
  }

  /** A step's section. */
  section(index, ...content) {
    const id = `step-${index + 1}`;
    const title = h("h2", { id, tabindex: "-1" }, h("b", { "aria-hidden": "true" }, String(index + 1)), this.#speech.text(`step${STEPS[index]}`));
    return (this.#sections[index] = h("section", { "aria-labelledby": id }, title, content));
  }

  /** @param {boolean[]} done of each step whether it is */
  show(done) {
    const next = done.indexOf(false);
    this.#items.forEach((item, index) => {
      const [go] = item.children;
      item.className = done[index] ? "done" : "";
      go.firstChild.textContent = done[index] ? "✓" : String(index + 1);
      go.firstChild.setAttribute("aria-hidden", String(done[index]));
      go.lastChild.textContent = done[index] ? this.#speech.w("done") : "";
      go.disabled = this.#sections[index].hidden;
      if (index === next) go.setAttribute("aria-current", "step");
      else go.removeAttribute("aria-current");
    });
  }
}
