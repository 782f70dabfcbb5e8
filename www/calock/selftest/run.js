/**
 * The order of the steps, and what becomes of the test when one fails.
 * @module
 */
import { languageOf, learn, learnMore } from "../catalogue.js";
import { CalockError, asCalockError } from "../errors.js";
import { certificates } from "./certificates.js";
import { connect } from "./connect.js";
import { containers } from "./containers.js";
import { browser, context, module, policy } from "./page.js";
import { Portal } from "./portal.js";
import { Result } from "./report.js";
import { sealing } from "./sealing.js";
import { signatures } from "./signatures.js";
import { Step } from "./step.js";

/** In this order; where one that the others stand on has a problem, those are not reached. */
const STEPS = [
  { id: "browser", work: browser, base: true },
  { id: "context", work: context, base: true },
  { id: "policy", work: policy, base: true },
  { id: "module", work: module, base: true },
  { id: "lock", work: connect, base: true },
  { id: "containers", work: containers, base: true },
  { id: "certificates", work: certificates },
  { id: "signatures", work: signatures },
  { id: "seal", work: sealing },
];

/** How long a lock may take to be let go. */
const FAREWELL = 1000;

/**
 * @param {object} options those of selftest(), and `tell`: called with a Step whenever something about it has changed
 * @returns {Promise<Result>}
 */
export async function run({ signal, lang, tell, other, choose, sign, ...urls }) {
  const language = languageOf(lang ?? globalThis.document?.documentElement.lang ?? "");
  await Promise.all([learn(language), learnMore()]);
  const steps = STEPS.map(({ id }) => new Step(id, language, tell));
  const test = new Test({ signal, other, choose, sign, portal: new Portal(urls, signal) });
  for (const step of steps) tell(step);
  try {
    for (const [index, { work, base }] of STEPS.entries()) {
      const step = steps[index];
      await one(test, step, work);
      // A lock that was pulled out when its step was done is what the next one misses.
      if (step.state === "problem" && (test.lost || (base && !step.goesOn))) break;
    }
  } finally {
    await test.leave();
  }
  return new Result(steps, language, test.seen);
}

async function one(test, step, work) {
  test.stillWanted();
  step.begin();
  try {
    if (test.lost) throw new CalockError("DISCONNECTED");
    await work(test, step);
  } catch (error) {
    test.stillWanted();
    const told = asCalockError(test.lost ? new CalockError("DISCONNECTED") : error);
    // What was under way when it happened is what it happened to.
    for (const line of step.lines) if (line.state === "running") line.wait();
    step.fail(told);
  }
}

/** What the steps share. */
class Test {
  /** @type {import("../tools.js").LockTools|undefined} */
  tools;
  /** Whether the lock was pulled out. */
  lost = false;
  /** For the report. */
  seen = { lock: undefined, journals: [] };
  #asking = new Set();
  #gone = ({ device }) => {
    if (device !== this.tools?.device) return;
    this.lost = true;
    for (const stop of this.#asking) stop();
  };
  #watched;

  constructor(given) {
    Object.assign(this, given);
  }

  stillWanted = () => {
    if (this.signal.aborted) throw new CalockError("ABORTED");
  };

  /** From now on this is the lock that is tested. */
  take(tools) {
    this.tools = tools;
    this.seen.device = tools.device;
    this.#watched = [navigator.hid, navigator.usb].filter(Boolean);
    for (const bus of this.#watched) bus.addEventListener("disconnect", this.#gone);
  }

  /** Whether the PIN that the lock accepted serves what follows. */
  keepPin(keep) {
    this.tools.handle.core.keepPin(keep);
  }

  /** A question to a person. It ends when the lock is pulled out, and when the test is given up. */
  async ask(question) {
    const moot = new AbortController();
    const stop = () => moot.abort();
    this.#asking.add(stop);
    this.signal.addEventListener("abort", stop);
    try {
      const ended = new Promise((_, reject) => {
        moot.signal.addEventListener("abort", () => reject(new CalockError(this.lost ? "DISCONNECTED" : "ABORTED")));
      });
      return await Promise.race([question(moot.signal), ended]);
    } finally {
      this.#asking.delete(stop);
      this.signal.removeEventListener("abort", stop);
    }
  }

  async leave() {
    for (const bus of this.#watched ?? []) bus.removeEventListener("disconnect", this.#gone);
    if (!this.tools) return;
    this.keepPin(false);
    this.seen.journals.push(this.tools.journal());
    await Promise.race([this.tools.close(), new Promise((resolve) => { setTimeout(resolve, FAREWELL); })]);
  }
}
