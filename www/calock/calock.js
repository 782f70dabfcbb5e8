/**
 * What the script tag names: the functions of functions.js, and `<calock-login>` where there is a page to put it in.
 * @module
 */
import { CalockLogin } from "./element/login.js";

export * from "./functions.js";
export { CalockLogin };

// A second copy on the page, or a server: leave what is there.
if (globalThis.customElements && !customElements.get("calock-login")) customElements.define("calock-login", CalockLogin);
