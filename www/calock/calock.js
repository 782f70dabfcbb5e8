/**
 * What the script tag names: the functions of functions.js, and `<calock-login>` where there is a page to put it in.
 * @module
 */
// First, though nothing here needs it: what is alike stands together then, and the packed file is 180 bytes shorter (gzip -9).
import "./element/login.css.js";
import { CalockLogin } from "./element/login.js";

export * from "./functions.js";
export { CalockLogin };

// A second copy on the page, or a server: leave what is there.
if (globalThis.customElements && !customElements.get("calock-login")) customElements.define("calock-login", CalockLogin);
