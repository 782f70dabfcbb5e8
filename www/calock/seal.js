/**
 * 电子签章 · Electronic seals in the page. Loaded only where something is sealed: `import("/calock/api-seal.js")` beside api.js, or
 * calock-seal.js beside calock.js.
 *
 * For a self-test page (签章检测):
 *
 *     import { sealTest } from "/calock/api-seal.js";
 *     const result = await sealTest(lock, { pin: (ask) => askForPin(ask), onStep, signal });
 *     result.ok            // every check that was made holds; result.code is the first that does not
 *     result.picture       // an <svg> to put into the page: the sealed sheet, true to size
 *     result.sealInLock    // whether a seal of the lock was used; otherwise the lock made one for the test
 *     result.report        // checks by name: "ok", "failed", "not checked"
 *     result.file          // the sealed document, a File
 *
 * `lock` is a Lock (it is closed by this: ask for it again) or LockTools (stay open). `pin` is asked once, like `lock.login()`'s: it gets
 * `{triesLeft, lastTry, certificate, purpose: "seal", signal}` and answers a string, bytes, `{pin, lastTry}`, or null to cancel.
 * Rejects with CalockError: what a login can end with, CERT_NOT_FOUND where no SM2 signing certificate is in the lock, and what index.d.ts
 * names beside `seal()`.
 * @module
 */
import { asCalockError } from "./errors.js";
import { looking, openDocument, readSeal } from "./seal/document.js";
import { CalockSeal } from "./seal/element.js";
import { seal, sealsIn, signersIn } from "./seal/signing.js";

const test = () => import("./seal-test.js").catch((error) => { throw asCalockError(error, "WASM_LOAD_FAILED"); });
/** What both modules of the test work with: one worker for all of the page. */
const parts = { looking, openDocument, readSeal, sealsIn, signersIn };

/**
 * See above, and SealTest in index.d.ts.
 * @param {import("./lock.js").Lock|import("./tools.js").LockTools} lock
 * @param {object} options
 */
export const sealTest = async (lock, options) => (await test()).sealTest(parts, lock, options);

/**
 * A seal for trials that the lock itself makes, with its own signature as the maker's. Good for a day, and for no portal.
 * @param {import("./tools.js").LockTools} tools
 * @param {{certificate: string, name?: string, pin: Function, signal?: AbortSignal}} request
 */
export const testSealOf = async (tools, request) => (await test()).testSealOf(parts, tools, request);

export { CalockSeal, openDocument, readSeal, seal, sealsIn, signersIn };
export { configure } from "./seal-engine.js";

// A second copy on the page, or a server: leave what is there.
if (globalThis.customElements && !customElements.get("calock-seal")) customElements.define("calock-seal", CalockSeal);
