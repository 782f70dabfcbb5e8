/**
 * A login from the click to the portal's answer, without a word about how it looks.
 * @module
 */
import { CalockError } from "../errors.js";
import { locks } from "../functions.js";
import { getChallenge, submit } from "./backend.js";

/** Errors that are mended in the PIN field, without starting again. */
const IN_PLACE = new Set(["PIN_WRONG", "PIN_LAST_TRY", "PIN_LENGTH", "PIN_EMPTY"]);

/**
 * @typedef {object} Stage what the flow needs from whoever shows it
 * @property {(state: string, more?: object) => void} show
 * @property {(step: object) => void} step
 * @property {(locks: readonly object[]) => Promise<object|null>} chooseLock null for "another one"
 * @property {(certificates: readonly object[]) => Promise<object>} chooseCertificate
 * @property {(certificate: object) => void} chosen with this one the login goes on
 * @property {(ask: object, notice: CalockError|undefined) => Promise<{pin: Uint8Array, lastTry?: true}|null>} askPin
 * @property {(error: CalockError) => void} refused a PIN was refused and is asked for again
 * @property {(signed: object) => boolean} signed false when the page wants to go on by itself
 */

/**
 * Which lock. At most one question; the browser's chooser only when there is nothing to choose from.
 * @param {Stage} stage
 * @param {AbortSignal} signal
 * @param {boolean|"usb"} other do not take the only known lock without asking; "usb": ask in the chooser of WebUSB
 */
export async function pickLock(stage, signal, other) {
  stage.show("loading");
  const usb = other === "usb";
  const known = usb ? [] : await locks.known({ signal });
  if (known.length === 1 && !other) return known[0];
  if (known.length > 1) {
    const chosen = await stage.chooseLock(known);
    if (chosen) return chosen;
  }
  stage.show("choosing");
  return locks.request({ signal, usb });
}

/**
 * Everything that is done with one lock.
 * @param {Stage} stage
 * @param {import("../lock.js").Lock} lock
 * @param {{challengeUrl: string, submitUrl: string|null, signal: AbortSignal, expected?: object}} options `expected`: the
 *   certificate of the lock that was pulled out; another lock is WRONG_LOCK before any PIN is asked
 * @returns {Promise<{answer?: object, taken: boolean}>} `taken`: the page took the signed object for itself
 */
export async function logIn(stage, lock, { challengeUrl, submitUrl, signal, expected }) {
  stage.show("reading");
  // The portal and the lock are asked at the same time. Its failure is reported where the challenge is needed.
  const challenge = getChallenge(challengeUrl, signal);
  challenge.catch(() => {});
  const certificate = await pickCertificate(stage, lock, signal, expected);
  stage.chosen(certificate);
  const signed = await sign(stage, lock, certificate, challenge, challengeUrl, signal);
  if (!stage.signed(signed)) return { taken: true };
  if (!submitUrl) return { taken: false };
  stage.show("submitting");
  return { taken: false, answer: await submit(submitUrl, signed, signal) };
}

async function pickCertificate(stage, lock, signal, expected) {
  const all = await lock.certificates({ signal });
  if (expected) {
    const same = all.find(({ fingerprint }) => fingerprint === expected.fingerprint);
    if (same) return same;
    throw new CalockError("WRONG_LOCK", { phase: "read" });
  }
  const signing = all.filter(({ usage }) => usage !== "encryption");
  const usable = signing.filter(({ state }) => state === "ok");
  const [first] = usable.length ? usable : signing.length ? signing : all;
  stage.show("reading", { certificate: first });
  if (!first) throw new CalockError("CERT_NOT_FOUND", { phase: "read" });
  if (signing.length === 0) throw new CalockError("CERT_USAGE", { phase: "read" });
  if (usable.length === 0) throw new CalockError(first.state === "expired" ? "CERT_EXPIRED" : "CERT_NOT_YET", { phase: "read" });
  return usable.length === 1 ? first : stage.chooseCertificate(signing);
}

/** Signs; a wrong PIN is asked for again, a challenge that grew old while the person typed is replaced silently. */
async function sign(stage, lock, certificate, firstChallenge, challengeUrl, signal) {
  let challenge = await firstChallenge;
  let notice;
  let typed;
  for (;;) {
    if (challenge.stale) challenge = await getChallenge(challengeUrl, signal);
    let renew = false;
    let answer;
    const pin = async (ask) => {
      answer = typed && (!ask.lastTry || typed.lastTry) ? typed : await stage.askPin(ask, notice);
      typed = undefined;
      if (!answer || !challenge.stale) return answer;
      // The statement under way would be refused by the portal. Nothing has been sent to the lock yet.
      typed = answer;
      renew = true;
      return null;
    };
    try {
      return await lock.login({
        challenge: challenge.values,
        certificate: certificate.fingerprint,
        pin,
        signal,
        onStep: (step) => stage.step(step),
      });
    } catch (error) {
      if (renew && error.code === "PIN_CANCELLED") continue;
      if (!IN_PLACE.has(error.code) || error.triesLeft === 0) throw error;
      notice = error;
      stage.refused(error);
    } finally {
      // The text in the field cannot be wiped, the copy that was made of it can.
      if (!renew) answer?.pin.fill(0);
    }
  }
}
