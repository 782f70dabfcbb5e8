/**
 * Asking one lock what it says without a PIN: its label, its applications, its certificates.
 * @module
 */
import { ok, problem } from "./finding.js";
import { system } from "./classes.js";

/** A lock that has not answered all of it by then does not answer. */
const PATIENCE = 6000;
/** How long a lock may take to be let go. */
const FAREWELL = 1000;
/** Codes whose remedy is another one on each system. */
const OF_SYSTEM = new Set(["OPEN_FAILED", "DRIVER_DENIED"]);

/**
 * @param {object} lock a Lock
 * @param {{signal?: AbortSignal, wanted: () => boolean, seen: {journals: string[]}}} options
 * @returns {Promise<import("./finding.js").Finding[]>}
 */
export async function probe(lock, { signal, wanted, seen }) {
  // Somebody on this page talked to it before and may go on; then it is theirs to close.
  const foreign = lock.exchanges > 0;
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, PATIENCE);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await ask(lock, limit.signal);
  } catch (error) {
    const code = error.code === "ABORTED" ? "TIMEOUT" : error.code;
    return [problem(code, { variant: OF_SYSTEM.has(code) ? system() : undefined, fact: lock.name })];
  } finally {
    clearTimeout(timer);
    seen.journals.push(lock.journal());
    if (!foreign && wanted()) await Promise.race([lock.close(), new Promise((resolve) => { setTimeout(resolve, FAREWELL); })]);
  }
}

async function ask(lock, signal) {
  await lock.info({ signal });
  const answers = ok("LOCK_ANSWERS", { fact: lock.name });
  try {
    const all = await lock.certificates({ signal });
    return [answers, certificateFinding(all)];
  } catch (error) {
    if (error.code === "ABORTED") throw error;
    // It does answer; what it does not have or may not be asked is the finding.
    return [answers, problem(error.code, { fact: lock.name })];
  }
}

/** As a login would judge: the best certificate counts. No name, no number. */
function certificateFinding(all) {
  const signing = all.filter(({ usage }) => usage !== "encryption");
  if (signing.length === 0) return problem(all.length > 0 ? "CERT_USAGE" : "CERT_NOT_FOUND");
  if (signing.some(({ state }) => state === "ok")) return ok("CERT_USABLE");
  return problem(signing.some(({ state }) => state === "expired") ? "CERT_EXPIRED" : "CERT_NOT_YET");
}

/** Whether this page itself has a turn of page-lock.js: then a login is under way in it, and its lock is left alone. */
export async function busyHere() {
  const manager = globalThis.navigator.locks;
  if (!manager) return false;
  const mine = `calock-diagnose-${Math.random()}`;
  const { held } = await manager.request(mine, () => manager.query());
  const client = held.find(({ name }) => name === mine)?.clientId;
  return held.some(({ name, clientId }) => name.startsWith("calock:") && clientId === client);
}
