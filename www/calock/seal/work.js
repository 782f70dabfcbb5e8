/**
 * One piece of work at a time: how far it is, how to end it, and in one place what went wrong.
 * @module
 */
import { button, h } from "../element/dom.js";
import { asCalockError, describe } from "../errors.js";

export class Work {
  #speech;
  #control;
  #status = () => "";
  #error;
  #on;
  #progress;

  /**
   * @param {import("./speech.js").Speech} speech
   * @param {{change: () => void, error: (error: Error) => void}} on when work begins or ends, and when it failed
   */
  constructor(speech, on) {
    this.#speech = speech;
    this.#on = on;
    this.#progress = speech.named(h("progress", { max: 1, value: 0 }), "progress");
    this.bar = h("div", { class: "bar", hidden: true }, this.#progress, button("small secondary", speech.text("cancel"), () => this.#control?.abort()));
    this.status = h("p", { class: "status", role: "status" });
    this.problem = h("div", { class: "problem", role: "alert", hidden: true });
    speech.follow(() => {
      this.#told();
      this.#tell();
    });
  }

  get busy() {
    return this.#control !== undefined;
  }

  /** Ends what is under way. */
  get signal() {
    return this.#control?.signal;
  }

  /** @param {() => Promise<unknown>} work */
  async run(work) {
    if (this.#control) return;
    this.#control = new AbortController();
    this.#error = undefined;
    this.#tell();
    this.#on.change();
    try {
      await work();
    } catch (error) {
      this.say();
      this.#error = asCalockError(error);
      this.#tell();
      this.problem.scrollIntoView({ block: "nearest" });
      this.#on.error(this.#error);
    } finally {
      this.#control = undefined;
      this.progress(undefined);
      this.#on.change();
    }
  }

  /** @param {string} [key] @param {object|(() => object)} [values] a function where they depend on the language */
  say(key, values) {
    this.#status = () => (key ? this.#speech.w(key, typeof values === "function" ? values() : values) : "");
    this.#told();
  }

  /** @param {number} [part] from 0 to 1; nothing hides it */
  progress(part) {
    this.bar.hidden = part === undefined;
    if (part !== undefined) this.#progress.value = part;
  }

  #told() {
    const text = this.#status();
    // A screen reader says it again each time that it is set.
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  #tell() {
    const error = this.#error;
    this.problem.hidden = !error;
    this.problem.replaceChildren();
    if (!error) return;
    const { code, what, todo } = describe(error, this.#speech.words.lang);
    this.problem.dataset.code = code;
    this.problem.append(h("strong", null, what), " ", todo, " ", h("small", null, code));
  }
}
