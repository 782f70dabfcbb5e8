/**
 * One page at a time: a named Web Lock per kind of device, so that two tabs do not interleave their reports.
 * @module
 */
import { CalockError } from "./errors.js";

// Reading takes another page well under two seconds; one that holds on longer is waiting for its user.
const TRIES = 12;
const PAUSE = 250;

/**
 * Takes the turn of this name. Browsers without Web Locks know nothing of each other's tabs; there the turn is always free.
 * @param {string} name
 * @returns {Promise<() => void>} gives it back
 */
export async function takeTurn(name) {
  const manager = globalThis.navigator?.locks;
  if (!manager) return () => {};
  for (let tried = 0; tried < TRIES; tried += 1) {
    if (tried) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const release = await takeOnce(manager, name);
    if (release) return release;
  }
  throw new CalockError("LOCK_BUSY");
}

/** The browser holds the lock as long as the promise is open that its callback returns. */
function takeOnce(manager, name) {
  return new Promise((resolve, reject) => {
    const held = (lock) => {
      if (lock) return new Promise((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    manager.request(name, { ifAvailable: true }, held).catch(reject);
  });
}
