/**
 * calock as functions. Nothing happens at import; safe to import on a server.
 * @module
 */
import { LockList } from "./locks.js";

export { diagnose } from "./late.js";
export { init, version } from "./wasm.js";
export { support } from "./support.js";
export { CalockError, describe, isCalockError } from "./errors.js";
export { Lock } from "./lock.js";

/** The locks of this computer: `request()`, `known()`, events "added" and "removed". */
export const locks = new LockList();
