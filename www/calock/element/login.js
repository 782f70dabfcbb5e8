/**
 * `<calock-login>`: the button, the questions and the result.
 *
 * The shadow root is closed and the PIN goes from its field into wasm without passing the page. That keeps other
 * scripts from reading the field by accident; it is no wall against a page that wants to: such a page can put itself
 * in front of `navigator.hid`. State is told outside by attributes (`state`, `code`, `tries-left`) and events.
 * @module
 */
import { languageOf, learn } from "../catalogue.js";
import { locks } from "../functions.js";
import { CalockError, asCalockError } from "../errors.js";
import { choice } from "../late.js";
import { supportReasons } from "../support.js";
import { init } from "../wasm.js";
import { logIn, pickLock } from "./flow.js";
import { Words, langOf } from "./language.js";
import { styles } from "./styles.js";
import { View } from "./view.js";

/** How long a lock may take to be tidied up before the person is let go. */
const FAREWELL = 1000;
/** A reason for aborting that is no cancel and is not told: another lock is wanted, or the page came back from the cache. */
const QUIET = Symbol("quiet");

/** A server has no HTMLElement; importing must still work there. */
const Base = globalThis.HTMLElement ?? class {};

export class CalockLogin extends Base {
  static formAssociated = true;
  static observedAttributes = ["lang"];

  #internals;
  #root;
  #view;
  /** @type {{controller: AbortController, reason?: unknown, ended: Promise<void>}|undefined} */
  #run;
  #model = { state: "idle" };
  #languages;
  #words;
  /** What the open question is waiting for. */
  #answer;
  /** The certificate of the lock that was pulled out in the middle of a login. */
  #expected;

  constructor() {
    super();
    this.#internals = this.attachInternals();
    this.#root = this.attachShadow({ mode: "closed", delegatesFocus: true });
    this.#root.adoptedStyleSheets = [styles()];
    this.#root.addEventListener("keydown", (event) => this.#escape(event));
    this.#view = new View(this.#root);
  }

  connectedCallback() {
    this.#languages = new MutationObserver(() => this.#translate());
    this.#languages.observe(document, { subtree: true, attributes: true, attributeFilter: ["lang"] });
    addEventListener("pageshow", this.#returned);
    locks.addEventListener("added", this.#plugged);
    this.#begin();
    this.#translate();
  }

  disconnectedCallback() {
    this.#languages.disconnect();
    removeEventListener("pageshow", this.#returned);
    locks.removeEventListener("added", this.#plugged);
    this.#stop();
  }

  attributeChangedCallback() {
    if (this.#words) this.#translate();
  }

  /** Only when the language is another one: drawing anew empties the PIN field. */
  async #translate() {
    await learn(languageOf(langOf(this)));
    if (new Words(langOf(this)).language !== this.#words.language) this.#render(false);
  }

  /** Gives up what runs, as the Cancel button does. */
  cancel() {
    this.#stop();
  }

  #begin() {
    const [missing] = supportReasons();
    if (missing) this.#show("unsupported", { error: new CalockError(missing, { phase: "choose" }) }, false);
    else this.#show("idle", {}, false);
  }

  /** A page from the back-forward cache has lost its locks. */
  #returned = ({ persisted }) => {
    if (!persisted) return;
    if (this.#run) this.#run.reason = QUIET;
    this.#stop();
    this.#begin();
  };

  /** A lock that was pulled out while its PIN was asked for goes on when it is back. Where it may have signed, only a click does. */
  #plugged = ({ lock }) => {
    if (this.#run) this.#run.added = lock;
    else if (this.#expected && this.#model.error?.phase !== "sign") this.#start(false, lock);
  };

  /** One login at a time; a second click while one runs changes nothing. */
  async #start(other = false, plugged = undefined) {
    const before = this.#run;
    if (before && !other) return;
    // Who starts anew, and not only again, may take any lock.
    if (!plugged && (other || this.#model.error?.code !== "DISCONNECTED")) this.#expected = undefined;
    const controller = new AbortController();
    let ended;
    const run = { controller, ended: new Promise((resolve) => { ended = resolve; }) };
    this.#run = run;
    // The lock must be let go before it is asked for again.
    if (before) {
      before.reason = QUIET;
      before.controller.abort();
    }
    await Promise.race([before?.ended ?? this.#farewell, wait(FAREWELL)]);
    try {
      await this.#login(run, other, plugged);
    } catch (error) {
      this.#failed(run, asCalockError(error));
    } finally {
      if (this.#run === run) this.#run = undefined;
      ended();
      // It was back before the person was told that it is gone.
      if (run.added) this.#plugged({ lock: run.added });
    }
  }

  #farewell = Promise.resolve();

  async #login(run, other, plugged) {
    const { signal } = run.controller;
    const stage = this.#stage(run);
    const lock = plugged ?? (await pickLock(stage, signal, other));
    const options = {
      challengeUrl: this.getAttribute("challenge-url") ?? "", submitUrl: this.getAttribute("submit-url"), signal, expected: this.#expected,
    };
    let result;
    try {
      if (!options.challengeUrl) throw new CalockError("PARAMETER", { detail: "challenge-url is missing" });
      result = await logIn(stage, lock, options);
    } finally {
      this.#farewell = lock.close();
      if (run.reason === QUIET) await Promise.race([this.#farewell, wait(FAREWELL)]);
    }
    await this.#finish(run, result);
  }

  async #finish(run, { answer, taken }) {
    const next = taken ? null : nextPage(answer?.next ?? this.getAttribute("next-url"));
    if (this.#run === run) this.#show("done", { entering: Boolean(next), sent: Boolean(answer) });
    const goOn = taken || this.#tell("calock-done", answer ?? null);
    await Promise.race([this.#farewell, wait(FAREWELL)]);
    if (next && goOn && this.isConnected) location.assign(next);
  }

  #failed(run, error) {
    if (run.reason === QUIET) return;
    if (error.code === "DISCONNECTED") this.#expected ??= run.certificate;
    if (this.isConnected) this.#show("error", { error, expected: this.#expected });
    this.#tell("calock-error", error);
  }

  #stop() {
    this.#run?.controller.abort();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.isComposing || !this.#run) return;
    event.stopPropagation();
    if (this.#model.state === "pin") this.#answer?.(null);
    else this.#stop();
  }

  /** What the flow may do to this element; a run that was replaced may do nothing any more. */
  #stage(run) {
    const alive = () => this.#run === run;
    const ask = (state, more, { signal } = run.controller) =>
      new Promise((resolve, reject) => {
        this.#answer = resolve;
        signal.addEventListener("abort", () => reject(new CalockError("ABORTED")), { once: true });
        this.#show(state, more);
      });
    return {
      show: (state, more) => {
        if (!alive()) return;
        this.#show(state, more);
        if (state !== "reading") this.#tell("calock-step", { at: state });
      },
      step: (step) => {
        if (!alive()) return;
        const reading = ["waiting", "opening", "reading", "certificate"].includes(step.at);
        // The PIN question follows by itself; "pin" tells it is being checked only when it has been typed.
        if (step.at !== "pin" || this.#model.state !== "reading") this.#show(reading ? "reading" : "signing", { step: step.at });
        this.#tell("calock-step", step);
      },
      chooseLock: (list) => choice().then(({ chooseLock }) => chooseLock(ask, list, locks, run.controller.signal)),
      chooseCertificate: (list) => choice().then(({ chooseCertificate }) => chooseCertificate(ask, list)),
      chosen: (certificate) => {
        run.certificate = certificate;
        this.#expected = undefined;
      },
      askPin: async (question, notice) => {
        const answer = await ask("pin", { ask: question, notice }, question.signal ? question : run.controller);
        if (answer) this.#show("signing", { step: "pin" });
        return answer;
      },
      refused: (error) => this.#tell("calock-error", error),
      signed: (signed) => {
        this.#internals.setFormValue(JSON.stringify(signed));
        return this.#tell("calock-signed", signed);
      },
    };
  }

  #show(state, more = {}, focus = true) {
    const act = {
      start: () => this.#start(),
      other: () => this.#start(true),
      usb: () => this.#start("usb"),
      cancel: () => this.#stop(),
      preload: () => init().catch(() => {}),
      answer: (answer) => this.#answer?.(answer),
    };
    const { certificate, state: before } = this.#model;
    // A new login starts without the last one's certificate.
    const kept = ["idle", "loading"].includes(state) ? undefined : certificate;
    this.#model = { certificate: more.ask?.certificate ?? kept, ...more, state, act };
    this.#mirror();
    this.#render(focus && before !== "unsupported");
  }

  /** What tests, style sheets and support staff may see from outside. */
  #mirror() {
    const { state, error, notice, ask } = this.#model;
    const set = (name, value) => (value === undefined || value === null ? this.removeAttribute(name) : this.setAttribute(name, value));
    set("state", state);
    set("code", error?.code ?? notice?.code);
    set("tries-left", ask?.triesLeft ?? error?.triesLeft);
  }

  #render(focus) {
    this.#words = new Words(langOf(this));
    this.#view.render(this.#model, this.#words, focus);
  }

  /** @returns {boolean} false when a listener prevented what follows */
  #tell(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}

function wait(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/** Where to go; a backend's answer must not be able to run script. */
function nextPage(next) {
  if (!next) return null;
  const url = new URL(next, location.href);
  return /^https?:$/.test(url.protocol) ? url.href : null;
}
