/**
 * `<calock-selftest>`: the button, the steps, the questions on the way and the result.
 *
 * The shadow root is closed for the PIN's sake, as that of `<calock-login>`. Told outside: attributes `state` ("idle", "running",
 * "asking", "done") and `code`, events "calock-step" and "calock-done".
 * @module
 */
import { languageOf, learn } from "../catalogue.js";
import { CalockError } from "../errors.js";
import { button, h } from "../element/dom.js";
import { Words, langOf } from "../element/language.js";
import { copyable } from "../element/problem.js";
import { styles } from "../element/styles.js";
import { diagnose, locks } from "../functions.js";
import look from "../selftest.css.js";
import { init } from "../wasm.js";
import { List } from "./list.js";
import { lockPanel, signPanel } from "./questions.js";
import { run } from "./run.js";
import { word } from "./words.js";

/** A server has no HTMLElement; importing must still work there. */
const Base = globalThis.HTMLElement ?? class {};

export class CalockSelftest extends Base {
  #root;
  #head = h("div", { class: "head" });
  #list = new List();
  #end = h("div");
  /** Stays in place: screen readers only hear regions that were there before the text. */
  #status = h("p", { role: "status", class: "hidden" });
  #languages;
  #language;
  /** @type {AbortController|undefined} */
  #run;
  /** Whether the last test ended because its lock was pulled out: the next one that comes is what it waited for. */
  #lost = false;
  #result;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "closed", delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(look);
    this.#root.adoptedStyleSheets = [styles(), sheet];
    this.#root.append(this.#head, this.#status, this.#end, this.#list.node);
  }

  connectedCallback() {
    this.#languages = new MutationObserver(() => this.#translate());
    this.#languages.observe(document, { subtree: true, attributes: true, attributeFilter: ["lang"] });
    locks.addEventListener("added", this.#plugged);
    this.setAttribute("state", "idle");
    this.#translate();
  }

  disconnectedCallback() {
    this.#languages.disconnect();
    locks.removeEventListener("added", this.#plugged);
    this.#run?.abort();
  }

  async #translate() {
    const language = languageOf(langOf(this));
    await learn(language);
    if (language === this.#language) return;
    this.#language = language;
    this.#list.draw(language);
    this.#drawHead();
    this.#drawResult(false);
  }

  /** Gives up the test. */
  cancel() {
    this.#run?.abort();
  }

  /**
   * Begins the test, as the button does; one that runs is given up.
   * @param {{other?: boolean}} [options] `other`: not with the only lock that is there without asking
   */
  async start({ other = false } = {}) {
    this.#run?.abort();
    const own = (this.#run = new AbortController());
    this.#lost = false;
    this.#result = undefined;
    this.#list.clear();
    this.#end.replaceChildren();
    this.#state("running");
    const mine = () => this.#run === own;
    // As long as the click is fresh the browser's window may open without another one.
    const fresh = () => navigator.userActivation?.isActive === true;
    let first = true;
    try {
      const result = await run({
        signal: own.signal,
        lang: langOf(this), other,
        portalUrl: this.#url("portal-url"), certificateUrl: this.#url("certificate-url"), challengeUrl: this.#url("challenge-url"), submitUrl: this.#url("submit-url"),
        tell: (step) => mine() && this.#step(step),
        choose: async (ask) => {
          const direct = first && fresh() && (other || ask.known.length === 0);
          first = false;
          return this.#choose(ask, direct);
        },
        sign: (ask) => this.#ask("signatures", ask.signal, (act) => signPanel({ ask, notice: ask.notice, act }, this.#words)),
      });
      if (mine()) this.#ended(result);
    } catch (error) {
      if (!mine()) return;
      this.#run = undefined;
      this.#list.stop();
      this.#state("idle");
      if (error.code !== "ABORTED") throw error;
    }
  }

  #url(name) {
    return this.getAttribute(name) || undefined;
  }

  get #words() {
    return new Words(langOf(this));
  }

  #state(state) {
    this.setAttribute("state", state);
    this.removeAttribute("code");
    this.#drawHead();
  }

  #drawHead() {
    const running = Boolean(this.#run);
    const say = (key) => word(this.#language, key);
    const start = button(running ? "secondary" : "primary", say(running ? "stop" : this.#result ? "again" : "start"), () => (running ? this.cancel() : this.start()));
    // The wasm is on its way before the click: the browser's window opens only while the click is fresh.
    for (const event of ["pointerenter", "focus"]) start.addEventListener(event, () => init().catch(() => {}), { once: true });
    const kept = this.#head.firstChild === this.#root.activeElement && this.#head.firstChild;
    this.#head.replaceChildren(start);
    if (kept) start.focus();
  }

  #step(step) {
    this.#list.show(step, this.#language);
    const { title, state, text } = step.told(this.#language);
    if (state !== "waiting" || text) this.#status.textContent = `${title}：${word(this.#language, `is_${state}`)}。${text}`;
    if (this.getAttribute("state") === "asking" && state === "running") this.setAttribute("state", "running");
    this.dispatchEvent(new CustomEvent("calock-step", { detail: step.told(this.#language), bubbles: true, composed: true }));
  }

  /** Which lock: of those that are there, the one picked in the browser's window, or the one that is plugged in now. */
  async #choose({ known, signal }, direct) {
    if (known.length > 1 && !direct) {
      const { chooseLock } = await import("../choice.js");
      const ask = (_, { build }) => this.#ask("lock", signal, (act) => build({ act: { ...act, cancel: () => this.cancel() } }, this.#words));
      const chosen = await chooseLock(ask, known, locks, signal);
      if (chosen) return chosen;
    }
    let notice;
    for (let asked = !direct; ; asked = true) {
      try {
        const { lock, usb } = asked ? await this.#pressedOrPlugged(signal, notice) : {};
        return lock ?? (await locks.request({ all: !usb, usb, signal }));
      } catch (error) {
        if (signal.aborted) throw error;
        notice = error;
      }
    }
  }

  async #pressedOrPlugged(signal, notice) {
    const waiting = new AbortController();
    const stop = () => waiting.abort();
    let added;
    const plugged = new Promise((resolve) => { added = ({ lock }) => resolve({ lock }); });
    locks.addEventListener("added", added);
    signal.addEventListener("abort", stop);
    const why = (into) => diagnose({ into, lang: langOf(this), after: notice?.code });
    try {
      const pressed = this.#ask("lock", waiting.signal, (act) => lockPanel({ notice, act: { ...act, why } }, this.#words));
      return await Promise.race([plugged, pressed]);
    } finally {
      locks.removeEventListener("added", added);
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  /** Shows a question in its step until it is answered or has become pointless. */
  #ask(id, signal, build) {
    return new Promise((resolve, reject) => {
      const { content, target } = build({ answer: resolve, other: () => this.start({ other: true }) });
      const done = () => {
        this.#list.ask(id);
        reject(new CalockError("ABORTED"));
      };
      signal.addEventListener("abort", done, { once: true });
      this.#list.ask(id, content);
      this.setAttribute("state", "asking");
      target?.focus();
      target?.scrollIntoView({ block: "nearest" });
    }).finally(() => this.#list.ask(id));
  }

  #ended(result) {
    this.#run = undefined;
    this.#result = result;
    const { ok, code } = result.told(this.#language);
    this.#lost = code === "DISCONNECTED";
    this.#state("done");
    this.setAttribute("code", code);
    this.#drawResult(true);
    this.dispatchEvent(new CustomEvent("calock-done", { detail: result.told(this.#language), bubbles: true, composed: true }));
    return ok;
  }

  #drawResult(focus) {
    if (!this.#result) return;
    const { ok, text, advice, report } = this.#result.told(this.#language);
    const title = h("h2", { tabindex: "-1" }, text);
    this.#end.replaceChildren(
      h("section", { part: "result", class: ok ? "answer well" : "answer", "aria-label": word(this.#language, "result") }, title, advice && h("p", null, advice)),
      copyable(report, this.#words, word(this.#language, "report")),
    );
    if (!focus) return;
    title.focus({ preventScroll: true });
    this.#end.scrollIntoView({ block: "nearest" });
  }

  /** Nothing was signed that a second test would repeat: the PIN is asked for again. */
  #plugged = () => {
    if (this.#lost && !this.#run) this.start();
  };
}
