/**
 * One page at a time: a named Web Lock per kind of device, so that two tabs do not interleave their reports.
 * @module
 */
import { CalockError } from "./errors.js";

/** Milliseconds. Reading takes another page well under two seconds; one that holds on longer is waiting for its user. */
const PATIENCE = 3000;

/**
 * Takes the turn of this name. Browsers without Web Locks know nothing of each other's tabs; there the turn is always free.
 * @param {string} name
 * @returns {Promise<() => void>} gives it back
 */
export async function takeTurn(name) {
  const manager = globalThis.navigator?.locks;
  if (!manager) return () => {};
  // In the browser's queue, not by asking again and again: a turn given back a moment ago is not free yet.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await new Promise((resolve, reject) => {
      // The browser holds the lock as long as the promise is open that this returns.
      const held = () => new Promise((release) => resolve(release));
      manager.request(name, { signal: patience.signal }, held).catch(reject);
    });
  } catch (error) {
    throw patience.signal.aborted ? new CalockError("LOCK_BUSY") : error;
  } finally {
    clearTimeout(timer);
  }
}
