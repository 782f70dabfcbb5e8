/**
 * What a person sees: one panel per state. Knows nothing of locks; hands every decision back through callbacks.
 * @module
 */
import { describe } from "../errors.js";
import { certificateCard } from "./certificate.js";
import { button, h } from "./dom.js";
import { errorPanel } from "./problem.js";
import { pinPanel } from "./pin.js";

const STAGES = ["connect", "pin", "sign", "enter"];
/** Where a state stands on the way; states without a place show no way. */
const PLACE = { loading: 0, choosing: 0, locks: 0, reading: 0, certificates: 0, pin: 1, signing: 2, submitting: 3, done: 4 };
/** States that only wait: they share one panel, so that the Cancel button under the finger stays where it is.
 *  Their words; where there are none, the step says what is going on. */
const BUSY = { loading: "preparing", choosing: "choosing", reading: "", signing: "", submitting: "submitting" };

/** Draws into a shadow root. */
export class View {
  #panel = h("div", { part: "panel", class: "panel" });
  /** Stays in place for the element's life: screen readers only hear regions that were there before the text. */
  #status = h("p", { role: "status", class: "hidden" });
  #busy;

  /** @param {ShadowRoot} root */
  constructor(root) {
    root.append(this.#panel, this.#status, h("slot", { name: "help" }));
  }

  /**
   * @param {object} model state and what it needs, see login.js
   * @param {import("./language.js").Words} words
   * @param {boolean} focus whether the person is at this element, so that the focus follows the panel
   */
  render(model, words, focus) {
    if (model.state in BUSY) {
      this.#renderBusy(model, words, focus);
      return;
    }
    this.#busy = undefined;
    // Questions that are seldom asked bring their own panel, see choice.js.
    const build = model.build ?? { idle, unsupported, pin: pinPanel, done, error: errorPanel }[model.state];
    const { content, target, say } = build(model, words);
    this.#panel.replaceChildren(...way(model, words), content);
    this.#say(say ?? "");
    if (focus) target?.focus();
  }

  #renderBusy(model, words, focus) {
    const text = BUSY[model.state] ? words.ui(BUSY[model.state]) : words.of("steps", model.step ?? model.state);
    this.#say(text);
    const card = model.certificate && certificateCard(words, model.certificate);
    const note = model.state === "signing" ? words.ui("keepIn") : "";
    if (this.#busy) {
      this.#busy.text.textContent = text;
      this.#busy.note.textContent = note;
      this.#busy.way.replaceChildren(...way(model, words));
      this.#busy.card.replaceChildren(...(card ? [card] : []));
      return;
    }
    const busy = {
      way: h("div", null, way(model, words)),
      card: h("div", null, card),
      text: h("p", { part: "status", class: "text", tabindex: "-1" }, text),
      note: h("p", { class: "note-line" }, note),
    };
    const spinner = h("span", { class: "spinner", "aria-hidden": "true" });
    const row = h("div", { class: "busy" }, spinner, h("div", null, busy.text, busy.note));
    const cancel = button("secondary", words.ui("cancel"), () => model.act.cancel());
    this.#panel.replaceChildren(busy.way, busy.card, row, h("div", { class: "actions" }, cancel));
    this.#busy = busy;
    if (focus) busy.text.focus();
  }

  #say(text) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }
}

function way({ state }, words) {
  const place = PLACE[state];
  if (place === undefined) return [];
  const steps = STAGES.map((name, index) =>
    h("li", { class: index < place ? "past" : index === place ? "now" : "", "aria-current": index === place && "step" }, words.of("stages", name)),
  );
  return [h("ol", { part: "progress", class: "way", "aria-label": words.ui("progress") }, steps)];
}

function idle({ act }, words) {
  const target = button("primary", words.ui("login"), () => act.start());
  // The wasm is on its way before the click: the browser's chooser opens only while the click is fresh.
  for (const event of ["pointerenter", "focus"]) target.addEventListener(event, act.preload, { once: true });
  return { content: target, target };
}

function unsupported({ error }, words) {
  const { what, todo } = describe(error, words.lang);
  const content = h("slot", { name: "unsupported" }, h("div", { part: "error", class: "problem calm" }, h("h2", null, what), h("p", null, todo)));
  return { content, say: `${what} ${todo}` };
}

function done({ certificate, entering, sent }, words) {
  const title = words.ui(sent ? "success" : "signed");
  const target = h("h2", { tabindex: "-1" }, title);
  const text = entering ? words.ui("entering") : "";
  const content = h("div", { part: "result", class: "success" }, target, text && h("p", null, text), certificate && certificateCard(words, certificate));
  return { content, target, say: `${title} ${text}` };
}
