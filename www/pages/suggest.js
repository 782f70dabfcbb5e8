/**
 * Which way to log in a page suggests: by lock where one is plugged in that this site may use, by account where none can be.
 *
 * A suggestion and no more. Daxing's page shows one way or the other by what is plugged in, and tells people to pull the lock
 * out for the other one: here both ways are always there, and who has chosen one keeps it.
 */
import { locks, support } from "/calock/calock.js";

/** Where the module notes that this site was given a lock once; see www/calock/locks.js. */
const ALLOWED = "calock-allowed";

/**
 * Tells what to suggest, at once and whenever it changes: a lock comes or goes, or this site is given one.
 *
 * @param {(suggestion: {mode: "ca"|"account"|null, reason: "present"|"absent"|"unsupported"|"unknown"}) => void} tell
 *   `present`: a lock is there, so "ca"; `absent`: this site was given one before and it is not plugged in, so "account";
 *   `unsupported`: no lock can be used in this browser or page, so "account"; `unknown`: nobody has shown this site a lock
 *   yet, so `null`: the page's own order stands
 * @param {{signal?: AbortSignal}} [options] ends it
 */
export function suggestMode(tell, { signal } = {}) {
  const watched = new Set();
  let last;
  let round = 0;

  async function look() {
    watch();
    const mine = (round += 1);
    const found = await suggestion();
    if (signal?.aborted || mine !== round || found.reason === last) return;
    last = found.reason;
    tell(found);
  }

  /** A demonstration puts a `navigator.hid` of its own in the place of the browser's; it says so with "calock-virtual". */
  function watch() {
    for (const bus of [navigator.hid, navigator.usb]) {
      if (!bus || watched.has(bus)) continue;
      watched.add(bus);
      for (const type of ["connect", "disconnect"]) bus.addEventListener(type, look, { signal });
    }
  }

  addEventListener("calock-virtual", look, { signal });
  // The lock may have been given to this site in another tab; and a page from the back-forward cache has missed what happened.
  addEventListener("focus", look, { signal });
  addEventListener("pageshow", look, { signal });
  look();
}

async function suggestion() {
  if (!support().ok) return { mode: "account", reason: "unsupported" };
  // Who comes for the first time has nothing to be found, and need not load the module for it.
  if (!allowedBefore() && (await navigator.hid.getDevices()).length === 0) return { mode: null, reason: "unknown" };
  const known = await locks.known().catch(() => []);
  if (known.length > 0) return { mode: "ca", reason: "present" };
  return allowedBefore() ? { mode: "account", reason: "absent" } : { mode: null, reason: "unknown" };
}

function allowedBefore() {
  try {
    return localStorage.getItem(ALLOWED) !== null;
  } catch {
    return false;
  }
}
