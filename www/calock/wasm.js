/**
 * Fetching and starting the wasm parts: once, on demand, and with a code for each way it can fail.
 *
 * There are two: the one that every login needs, and the one with everything in it, which full.js brings along.
 * @module
 */
import { LockHandle, filters, start as startGlue, version as wasmVersion } from "./calock_wasm.js";
import { languageOf, learn } from "./catalogue.js";
import { CalockError, asCalockError } from "./errors.js";
import { supportReasons } from "./support.js";

const places = {};
let started = false;
let pending;

/**
 * Loads the wasm. May be called many times; a failure can be retried.
 * @param {{wasm?: Source, full?: Source}} [options] where the two wasm files are, when they do not lie beside this script
 * @returns {Promise<void>}
 * @typedef {URL|string|Response|BufferSource|WebAssembly.Module} Source
 */
export function init(options) {
  Object.assign(places, options);
  // A page in English may ask describe() for the first sentence long before it shows an element.
  learn(languageOf(globalThis.document?.documentElement.lang ?? ""));
  pending ??= start(places.wasm).catch((error) => {
    pending = undefined;
    throw loadError(error);
  });
  return pending;
}

/**
 * The module with everything in it: USB, other cards, what one can do with a lock besides logging in.
 * @returns {Promise<typeof import("./full.js")>}
 */
export async function full() {
  try {
    const module = await import("./full.js");
    await module.start(places.full);
    return module;
  } catch (error) {
    throw loadError(error);
  }
}

/** The wasm's exports; NOT_INITIALISED before init() has finished. */
export function wasm() {
  if (!started) throw new CalockError("NOT_INITIALISED");
  return { LockHandle, filters };
}

/** The release, as the wasm says it; undefined before init(). */
export function version() {
  return started ? wasmVersion() : undefined;
}

async function start(source = new URL("./calock_wasm_bg.wasm", import.meta.url)) {
  await startGlue(await compile(source));
  started = true;
}

function loadError(error) {
  return asCalockError(error, "WASM_LOAD_FAILED", "choose");
}

/** @param {Source} source @returns {Promise<WebAssembly.Module>} */
export async function compile(source) {
  const blocked = supportReasons().find((code) => code.startsWith("WASM"));
  if (blocked) throw new CalockError(blocked);
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new CalockError("WASM_LOAD_FAILED", { detail: `HTTP ${response.status}` });
  const type = response.headers.get("content-type") ?? "";
  // Only the exact type may be compiled while it streams, and only that way browsers keep the compiled code.
  if (type === "application/wasm") return WebAssembly.compileStreaming(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const magic = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  if (!magic) throw new CalockError("WASM_LOAD_FAILED", { detail: `not wasm but ${type.split(";")[0] || "untyped"}` });
  return WebAssembly.compile(bytes);
}
