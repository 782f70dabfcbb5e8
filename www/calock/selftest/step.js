/**
 * One step of the self-test, and the lines below it: what came out, how long it took.
 * @module
 */
import { sentences, word } from "./words.js";

/** Which outcome of several counts. */
const WEIGHT = { waiting: 0, running: 0, passed: 1, note: 2, problem: 3 };

/** What came out of one thing that was looked at. */
class Outcome {
  state = "waiting";
  /** @type {{code: string, variant?: string, values?: object, error?: Error}|undefined} */
  said;
  /** Milliseconds, without those in which a person was waited for. */
  ms;
  #since;
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  begin() {
    this.#since = performance.now();
    this.#become("running");
  }

  /** Stops the clock: a person is asked. */
  wait(code, more) {
    this.#stop();
    this.#become("waiting", code && { code, ...more });
  }

  pass(code, more) {
    this.end("passed", { code, ...more });
  }

  note(code, more) {
    this.end("note", { code, ...more });
  }

  problem(code, more) {
    this.end("problem", { code, ...more });
  }

  /** @param {Error} error a CalockError */
  fail(error) {
    this.end("problem", { code: error.code, error });
  }

  /** @param {import("../diagnose/finding.js").Finding} finding */
  found({ code, level, variant, fact }) {
    this.end(level === "ok" ? "passed" : level, { code, variant, values: { n: fact } });
  }

  end(state, said) {
    this.#stop();
    this.#become(state, said);
  }

  #stop() {
    if (this.#since === undefined) return;
    this.ms = Math.round((this.ms ?? 0) + performance.now() - this.#since);
    this.#since = undefined;
  }

  #become(state, said) {
    this.state = state;
    this.said = said;
    this.#changed();
  }

  /** As it is told in a language. */
  sentences(language) {
    const said = this.said && sentences(this.said, language);
    return { code: this.said?.code, text: said?.text ?? "", advice: said?.advice ?? "", ms: this.ms };
  }
}

/** One of several things in a step: a container, a certificate, a signature. */
export class Line extends Outcome {
  /** What to call it, by language. */
  #title;
  /** In a few words, what it is: `(language) => string`. */
  brief = () => "";
  /** More about it for the person: `(language) => [[label, value], …]`. */
  facts = () => [];
  /** The same for the report, where nothing may name anybody. */
  reported = () => [];

  constructor(title, changed) {
    super(changed);
    this.#title = title;
  }

  told(language) {
    const facts = this.facts(language).filter(([, value]) => value);
    return { title: this.#title(language), state: this.state, ...this.sentences(language), brief: this.brief(language), facts };
  }
}

export class Step extends Outcome {
  /** @type {Line[]} */
  lines = [];
  /** Whether those that stand on it are reached although it has a problem. */
  goesOn = false;
  /** What there is to be seen. @type {Element|undefined} */
  picture;
  language;
  #tell;

  /**
   * @param {string} id
   * @param {string} language
   * @param {(step: Step) => void} tell
   */
  constructor(id, language, tell) {
    super(() => tell(this));
    this.id = id;
    this.language = language;
    this.#tell = tell;
  }

  /** @param {string|((language: string) => string)} title */
  line(title) {
    const line = new Line(typeof title === "function" ? title : () => title, () => this.#tell(this));
    this.lines.push(line);
    return line;
  }

  /** The step is what its worst line is. */
  sum(code, more) {
    const worst = this.lines.reduce((state, line) => (WEIGHT[line.state] > WEIGHT[state] ? line.state : state), "passed");
    this.end(worst, { code, ...more });
  }

  told(language = this.language) {
    const { id, state, lines, picture } = this;
    return { id, title: word(language, id), state, ...this.sentences(language), lines: lines.map((line) => line.told(language)), ...(picture && { picture }) };
  }

  /** What is wrong first: of its lines, if that is where it is. */
  get firstProblem() {
    return this.lines.find(({ state }) => state === "problem") ?? (this.state === "problem" ? this : undefined);
  }
}
