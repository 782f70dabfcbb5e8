/**
 * The worker behind the seals, with promises. It is started when it is needed; a call that is aborted ends it, because it hears nothing
 * while it hashes, and the next call starts it anew.
 * @module
 */
import { CalockError, asCalockError, throwIfAborted } from "./errors.js";
import { compile } from "./wasm.js";

const files = {
  ofd: () => [new URL("./calock_seal_bg.wasm", import.meta.url), new URL("./seal-worker.js", import.meta.url)],
  pdf: () => [new URL("./calock_seal_pdf_bg.wasm", import.meta.url), new URL("./seal-pdf-worker.js", import.meta.url)],
  view: () => [new URL("./calock_view_bg.wasm", import.meta.url), new URL("./view-worker.js", import.meta.url)],
};
const sources = { ofd: {}, pdf: {}, view: {} };

/**
 * Where module and worker of each kind of document, and those that show OFD, are, when they do not lie beside this script.
 * @param {{[kind: "ofd"|"pdf"|"view"]: {wasm?: import("./wasm.js").Source, worker?: URL|string}}} places a worker must be of the page's own site
 */
export function configure(places) {
  for (const kind of Object.keys(files)) Object.assign(sources[kind], places[kind]);
}

/** One worker and what is under way in it. */
export class Engine {
  #kind;
  #worker;
  #calls = new Map();
  #count = 0;
  /** Another number with every worker that starts or ends: what an earlier one kept is gone. */
  generation = 0;

  /** @param {"ofd"|"pdf"|"view"} kind of the documents that it seals, or "view": it looks at OFD */
  constructor(kind) {
    this.#kind = kind;
  }

  /**
   * @param {string} act
   * @param {object} args
   * @param {{signal?: AbortSignal, onProgress?: (part: number) => void}} [options]
   */
  async call(act, args, { signal, onProgress } = {}) {
    throwIfAborted(signal);
    this.#worker ??= this.#start();
    const worker = await this.#worker;
    throwIfAborted(signal);
    const abort = () => this.stop(new CalockError("ABORTED"));
    signal?.addEventListener("abort", abort);
    try {
      return await this.#ask(worker, act, args, onProgress);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends the worker; what was under way ends with the error. */
  stop(error = new CalockError("LOCK_CLOSED")) {
    this.#worker?.then((worker) => worker.terminate(), () => {});
    if (this.#worker) this.generation += 1;
    this.#worker = undefined;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(error);
  }

  #ask(worker, act, args, onProgress) {
    const call = (this.#count += 1);
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject, onProgress });
      worker.postMessage({ call, act, args });
    });
  }

  async #start() {
    this.generation += 1;
    try {
      const [wasm, script] = files[this.#kind]();
      const own = sources[this.#kind];
      const module = await compile(own.wasm ?? wasm);
      const worker = new Worker(trusted(own.worker ?? script), { type: "module" });
      worker.onmessage = ({ data }) => this.#heard(data);
      const failed = new Promise((_, reject) => {
        worker.onerror = () => {
          const error = new CalockError("WASM_LOAD_FAILED", { detail: "the worker" });
          reject(error);
          this.stop(error);
        };
      });
      await Promise.race([this.#ask(worker, "start", { module }), failed]);
      return worker;
    } catch (error) {
      this.#worker = undefined;
      throw asCalockError(error, "WASM_LOAD_FAILED");
    }
  }

  #heard({ call, progress, code, fault, value }) {
    const waiting = this.#calls.get(call);
    if (progress !== undefined) return waiting?.onProgress?.(progress);
    this.#calls.delete(call);
    if (!code) return waiting?.resolve(value);
    const error = new CalockError(code, { phase: "verify", detail: fault || undefined });
    waiting?.reject(error);
    // After a fault the module's memory is not to be relied on.
    if (fault) this.stop(error);
  }
}

let policy;

/** A page that requires trusted types must say who may start a worker; the policy "calock" lets the module's own files through. */
export function trusted(url) {
  const file = String(url);
  policy ??= globalThis.trustedTypes?.createPolicy("calock", { createScriptURL: (wanted) => wanted }) ?? { createScriptURL: (wanted) => wanted };
  return policy.createScriptURL(file);
}
