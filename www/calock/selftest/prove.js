/**
 * Test signatures, one after the other, of a lock that keeps its PIN: it is given one once for all containers that it holds for. What
 * fails in one leaves the others their turn.
 * @module
 */
import { CalockError } from "../errors.js";

/** What says something of one container. Nothing that happens to a PIN does. */
const OF_CONTAINER = new Set(
  "BAD_REPLY LOCK_STATUS SIGN_FAILED WRONG_LOCK KEY_UNSUPPORTED CERT_EXPIRED CERT_NOT_YET CERT_USAGE CERT_UNREADABLE".split(" "),
);

/**
 * @param {import("../tools.js").LockTools} tools
 * @param {object} request
 * @param {{certificate: string, challenge: object}[]} request.proofs with the certificate of that fingerprint, for that challenge
 * @param {(ask: object) => Promise<object>} request.pin asked before the first, and again only where another PIN is wanted
 * @param {(outcomes: object[]) => void} request.onProof before each proof and after the last, with the outcomes so far
 * @param {AbortSignal} request.signal
 * @returns {Promise<{signed?: object, error?: CalockError}[]>} one outcome a proof, in their order; rejects with what ends them all
 */
export async function prove({ handle }, { proofs, pin, onProof, signal }) {
  const outcomes = [];
  for (const { certificate, challenge } of proofs) {
    onProof(outcomes);
    outcomes.push(await one(handle, { certificate, ...challenge }, pin, signal));
  }
  onProof(outcomes);
  return outcomes;
}

async function one(handle, { certificate, nonce, time }, pin, signal) {
  if (signal.aborted) throw new CalockError("ABORTED");
  const start = (core, call) => core.login(call, "selftest", nonce, time, undefined, undefined, certificate);
  try {
    return { signed: await handle.call(signal, start, { pin }) };
  } catch (error) {
    if (error.phase === "pin" || !OF_CONTAINER.has(error.code)) throw error;
    return { error };
  }
}
