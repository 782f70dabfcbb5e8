/**
 * PIN and test signatures: the person says which containers, types the PIN once, and each of them signs; checked by the page and by
 * the portal. A PIN that was wrong is asked for again: that is the person's try, never the test's.
 * @module
 */
import { CalockError, asCalockError } from "../errors.js";
import { prove } from "./prove.js";

/** Mended in the PIN field, without starting again. */
const IN_PLACE = new Set(["PIN_WRONG", "PIN_LAST_TRY", "PIN_LENGTH", "PIN_EMPTY"]);

export async function signatures(test, step) {
  const usable = test.containers.filter((container) => container.usable);
  if (usable.length === 0) return step.note("NOTHING_TO_SIGN");
  if (!test.sign) return step.note("SIGN_SKIPPED");
  // A PIN belongs to an application; nearly every lock has one.
  for (const application of new Set(usable.map((container) => container.application))) {
    const wanted = await withPin(test, step, application, usable.filter((container) => container.application === application));
    if (!wanted) break;
  }
  if (step.lines.length === 0) return step.note("SIGN_SKIPPED");
  const failing = step.lines.filter(({ state }) => state === "problem").length;
  return step.sum(failing > 0 ? "SIGNATURES_FAIL" : "SIGNATURES_OK", { values: { n: failing, of: step.lines.length } });
}

/** Asks until the PIN is right or the person has had enough. Gives whether the person wanted it. */
async function withPin(test, step, application, containers) {
  let notice;
  for (;;) {
    const answer = await asked(test, step, application, containers, notice);
    const chosen = answer ? containers.filter(({ name }) => answer.containers.includes(name)) : [];
    if (chosen.length === 0) return false;
    try {
      await sign(test, step, chosen, answer);
      return true;
    } catch (error) {
      if (!IN_PLACE.has(error.code) || error.triesLeft === 0) throw error;
      notice = error;
      step.lines.length = 0;
    } finally {
      if (answer.pin instanceof Uint8Array) answer.pin.fill(0);
    }
  }
}

function asked(test, step, { pin }, containers, notice) {
  const triesLeft = notice?.triesLeft ?? pin?.triesLeft ?? null;
  if (triesLeft === 0) throw new CalockError("PIN_LOCKED", { phase: "pin", triesLeft: 0 });
  step.wait("SIGN_WAITING");
  const offered = containers.map(({ name, kind, signing }) => ({ name, kind, bits: signing.bits, certificate: signing.certificate }));
  const ask = { containers: offered, certificate: offered[0].certificate, purpose: "selftest", triesLeft, triesMax: pin?.triesMax ?? null, lastTry: triesLeft === 1 };
  return test.ask((signal) => test.sign({ ...ask, notice, signal }));
}

async function sign(test, step, chosen, { pin, lastTry }) {
  const { tools, signal, portal, stillWanted } = test;
  step.begin();
  test.keepPin(true);
  // Fetched when they are needed: what is typed slowly must not outlive them.
  const challenges = await Promise.all(chosen.map(() => (portal.verifies ? portal.challenge() : ownChallenge())));
  const proofs = chosen.map(({ signing }, index) => ({ certificate: signing.certificate.fingerprint, challenge: challenges[index] }));
  let given = false;
  const lines = [];
  const onProof = (outcomes) => {
    if (outcomes.length > 0) signed(lines.at(-1), outcomes.at(-1));
    if (outcomes.length < chosen.length) {
      lines.push(step.line(chosen[outcomes.length].name));
      lines.at(-1).begin();
    }
  };
  // Given once. Should the lock want it again, it was disturbed, and somebody has to type it again.
  const once = async (ask) => {
    if (given) throw new CalockError("LOCK_BUSY");
    if (ask.lastTry && !lastTry) return { pin };
    given = true;
    return { pin, lastTry };
  };
  const outcomes = await prove(tools, { proofs, pin: once, onProof, signal });
  for (const [index, { signed: statement }] of outcomes.entries()) chosen[index].signs = Boolean(statement);
  if (!portal.verifies) return;
  for (const [index, { signed: statement }] of outcomes.entries()) {
    if (statement) await judged(portal, lines[index], statement, stillWanted);
  }
}

/** What the lock and this page say to one signature. */
function signed(line, { error, signed: statement }) {
  if (error) return line.fail(error);
  line.reported = () => [statement.algorithm];
  return line.note("SIGNED_HERE");
}

/** What the portal says to it. */
async function judged(portal, line, statement, stillWanted) {
  line.begin();
  try {
    const { refusal } = await portal.submit(statement);
    if (refusal) line.fail(new CalockError(refusal.code, { texts: refusal.message }));
    else line.pass("SIGNED");
  } catch (error) {
    stillWanted();
    line.fail(asCalockError(error));
  }
}

/** Without a portal the page checks alone; nobody else is told of this nonce. */
function ownChallenge() {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  return { nonce: nonce.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), time: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
}
