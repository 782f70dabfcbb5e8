/**
 * What a login seldom needs is fetched when it is wanted.
 * @module
 */
import { asCalockError } from "./errors.js";

const failed = (error) => { throw asCalockError(error, "WASM_LOAD_FAILED", "choose"); };

/** Choosing among several locks or certificates. */
export const choice = () => import("./choice.js").catch(failed);

/**
 * Why no lock can be used; see diagnose.js.
 * @param {object} [options]
 */
export const diagnose = (options) => import("./diagnose.js").then((module) => module.diagnose(options), failed);
