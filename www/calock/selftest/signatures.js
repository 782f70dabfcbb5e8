/**
 * PIN and test signatures: the person says which containers, types the PIN once, and each of them signs; checked by the page and by
 * the portal. A PIN that was wrong is asked for again, and that is the person's try, never the test's.
 * @module
 */
import { CalockError, asCalockError } from "../errors.js";

/** Mended in the PIN field, without starting again. */
const IN_PLACE = new Set(["PIN_WRONG", "PIN_LAST_TRY", "PIN_LENGTH", "PIN_EMPTY"]);

export async function signatures(test, step) {
  const usable = test.containers.filter((container) => container.usable);
  if (usable.length === 0) return step.note("NOTHING_TO_SIGN");
  if (!test.sign) return step.note("SIGN_SKIPPED");
  // A PIN belongs to an application; nearly every lock has one.
  for (const application of new Set(usable.map((container) => container.application))) {
    const one = new Signing(test, step, application, usable.filter((container) => container.application === application));
    if (!(await one.run())) break;
  }
  if (step.lines.length === 0) return step.note("SIGN_SKIPPED");
  const failing = step.lines.filter(({ state }) => state === "problem").length;
  return step.sum(failing > 0 ? "SIGNATURES_FAIL" : "SIGNATURES_OK", { values: { n: failing, of: step.lines.length } });
}

class Signing {
  #test;
  #step;
  #application;
  #containers;

  constructor(test, step, application, containers) {
    this.#test = test;
    this.#step = step;
    this.#application = application;
    this.#containers = containers;
  }

  /** Whether the person wanted it. */
  async run() {
    let notice;
    for (;;) {
      const answer = await this.#asked(notice);
      if (!answer) return false;
      const chosen = this.#containers.filter(({ name }) => answer.containers.includes(name));
      if (chosen.length === 0) return false;
      try {
        await this.#sign(chosen, answer);
        return true;
      } catch (error) {
        if (!IN_PLACE.has(error.code) || error.triesLeft === 0) throw error;
        notice = error;
      } finally {
        answer.pin.fill?.(0);
      }
    }
  }

  #asked(notice) {
    const pin = this.#application.pin;
    const triesLeft = notice?.triesLeft ?? pin?.triesLeft ?? null;
    if (triesLeft === 0) throw new CalockError("PIN_LOCKED", { phase: "pin", triesLeft: 0 });
    this.#step.wait("SIGN_WAITING");
    const containers = this.#containers.map(({ name, kind, signing }) => ({ name, kind, certificate: signing.certificate }));
    const ask = { containers, triesLeft, triesMax: pin?.triesMax ?? null, lastTry: triesLeft === 1, purpose: "selftest", certificate: containers[0].certificate };
    return this.#test.ask((signal) => this.#test.sign({ ...ask, notice, signal }));
  }

  async #sign(chosen, { pin, lastTry }) {
    const { tools, signal, portal } = this.#test;
    this.#step.begin();
    // Fetched when they are needed: what is typed slowly must not outlive them.
    const challenges = await Promise.all(chosen.map(() => (portal.verifies ? portal.challenge() : ownChallenge())));
    const proofs = chosen.map(({ name, signing }, index) => ({ container: name, certificate: signing.certificate.fingerprint, challenge: challenges[index] }));
    let given = false;
    const lines = [];
    let at = -1;
    const outcomes = await tools.prove({
      application: this.#application.name, proofs, signal,
      // Given once. Should the lock want it again, somebody has to type it again.
      pin: async (ask) => {
        if (given || (ask.lastTry && !lastTry)) throw new CalockError(given ? "PIN_CANCELLED" : "PIN_LAST_TRY");
        given = true;
        return { pin, lastTry };
      },
      // Before the PIN was right there is nothing to tell of any container.
      onStep: ({ at: name }) => {
        if (name !== "signing") return;
        at += 1;
      },
    });
    void at;
    for (const [index, outcome] of outcomes.entries()) {
      const line = this.#step.line(chosen[index].name);
      lines.push(line);
      line.begin();
      await this.#judge(line, outcome);
    }
  }

  async #judge(line, { signed, error }) {
    if (error) return line.fail(error);
    line.reported = () => [signed.algorithm];
    const { portal } = this.#test;
    if (!portal.verifies) return line.note("SIGNED_HERE");
    try {
      const { refusal } = await portal.submit(signed);
      return refusal ? line.fail(new CalockError(refusal.code, { texts: refusal.message })) : line.pass("SIGNED");
    } catch (caught) {
      this.#test.stillWanted();
      return line.fail(asCalockError(caught));
    }
  }
}
