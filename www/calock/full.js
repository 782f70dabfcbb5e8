/**
 * The module with everything in it. Never loaded by a login with a lock that the light module knows; `full()` in wasm.js
 * fetches it.
 * @module
 */
import { start as startGlue } from "./calock_full.js";
import { learnMore } from "./catalogue.js";
import { compile } from "./wasm.js";

export { LockHandle, filters, known_locks as knownLocks, sm3 } from "./calock_full.js";
export { connect, find, requestUsb } from "./usb.js";

let pending;

/**
 * Starts the wasm, once; a failure can be retried.
 * @param {import("./wasm.js").Source} [source] where it is, when it does not lie beside this script
 */
export function start(source = new URL("./calock_full_bg.wasm", import.meta.url)) {
  pending ??= begin(source).catch((error) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

async function begin(source) {
  const [module] = await Promise.all([compile(source), learnMore()]);
  await startGlue(module);
}
