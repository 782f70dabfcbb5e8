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
import { languageOf } from "./catalogue.js";
import all from "./messages.seal.js";
import { CalockSeal } from "./seal/element.js";

/**
 * The words of a page for sealing, by key.
 * @param {string} [lang] English for `en…`, Chinese otherwise
 * @returns {Readonly<Record<string, string>>}
 */
export const words = (lang = "zh-CN") => all[languageOf(lang)];

export { CalockSeal };
export { configure } from "./seal-engine.js";
export { openDocument, readSeal } from "./seal/document.js";
export { seal, sealsIn, signersIn } from "./seal/signing.js";
export { sealTest } from "./seal/test.js";

// A second copy on the page, or a server: leave what is there.
if (globalThis.customElements && !customElements.get("calock-seal")) customElements.define("calock-seal", CalockSeal);
