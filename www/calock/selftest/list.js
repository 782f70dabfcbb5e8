/**
 * The steps on the page, each in its place from the beginning.
 * @module
 */
import { h } from "../element/dom.js";
import { word } from "./words.js";

const SIGNS = { waiting: "○", running: "…", passed: "✓", note: "!", problem: "✕" };

export class List {
  node = h("ol", { class: "steps" });
  #items = new Map();
  #language = "zh";

  clear() {
    this.node.replaceChildren();
    this.#items.clear();
  }

  /** @param {import("./step.js").Step} step */
  show(step, language) {
    this.#language = language;
    let item = this.#items.get(step.id);
    if (!item) {
      const [body, question] = [h("div", { class: "body" }), h("div", { class: "question" })];
      item = { step, body, question, node: h("li", null, body, question) };
      this.#items.set(step.id, item);
      this.node.append(item.node);
    }
    item.step = step;
    this.#fill(item);
  }

  /** The same in another language. */
  draw(language) {
    this.#language = language;
    for (const item of this.#items.values()) this.#fill(item);
  }

  /** Puts a question into a step, or takes it out. */
  ask(id, content) {
    this.#items.get(id)?.question.replaceChildren(...(content ? [content] : []));
  }

  /** The test was given up: nothing runs any more. */
  stop() {
    for (const { node, question } of this.#items.values()) {
      node.classList.remove("is-running");
      question.replaceChildren();
    }
  }

  #fill({ step, body, node }) {
    const told = step.told(this.#language);
    node.className = `is-${told.state}`;
    const open = [...body.querySelectorAll("details")].map((details) => details.open);
    body.replaceChildren(...this.#row(told), told.lines.length > 0 ? h("ul", null, told.lines.map((line) => this.#line(line))) : "", told.picture ?? "");
    // What somebody has unfolded stays so.
    body.querySelectorAll("details").forEach((details, index) => { details.open = open[index] ?? false; });
  }

  #line(line) {
    const facts = line.facts.map(([label, value]) => h("div", null, h("dt", null, label), h("dd", null, value)));
    const more = facts.length > 0 && h("details", null, h("summary", null, word(this.#language, "more")), h("dl", null, facts));
    return h("li", { class: `is-${line.state}` }, this.#row(line), more);
  }

  #row({ title, state, text, advice, brief, ms }) {
    const say = (key, values) => word(this.#language, key, values);
    return [
      h(
        "p",
        { class: "row" },
        h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[state]),
        h("b", null, title),
        h("span", { class: "state" }, say(`is_${state}`)),
        brief && h("span", { class: "brief" }, brief),
        ms !== undefined && h("span", { class: "ms" }, say("ms", { n: ms })),
      ),
      text && h("p", { class: "text" }, text, state !== "passed" && advice && h("small", null, advice)),
    ].filter(Boolean);
  }
}
