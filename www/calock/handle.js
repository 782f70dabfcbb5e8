/**
 * The module's lock with promises: numbers each call, and lets a signal abort it.
 * @module
 */
import { CalockError } from "./errors.js";
import { Host } from "./host.js";

/** One lock behind one device. Nothing is opened before the first call. */
export class Handle {
  #host;
  #core;
  #count = 0;

  /**
   * @param {Host} host
   * @param {object|undefined} core the wasm's LockHandle for this host
   * @throws {CalockError} LOCK_UNKNOWN for a device that is no lock this module can talk to
   */
  constructor(host, core) {
    if (!core) throw new CalockError("LOCK_UNKNOWN", { phase: "choose" });
    this.#host = host;
    this.#core = host.core = core;
  }

  /** The module's own handle. */
  get core() {
    return this.#core;
  }

  get profile() {
    return this.#core.profile;
  }

  get title() {
    return this.#core.title;
  }

  get exchanges() {
    return this.#core.exchanges;
  }

  journal() {
    return this.#core.journal();
  }

  info(signal) {
    return this.call(signal, (core, call) => core.info(call));
  }

  certificates(signal) {
    return this.call(signal, (core, call) => core.certificates(call));
  }

  login({ purpose, nonce, time, account, payload, certificate }, pin, step, signal) {
    const start = (core, call) => core.login(call, purpose, nonce, time, account, payload, certificate);
    return this.call(signal, start, { pin, step });
  }

  close() {
    return this.call(undefined, (core, call) => core.close(call));
  }

  release() {
    this.#core.release();
  }

  disconnected() {
    this.#core.disconnected();
  }

  /**
   * Runs a call of the module to its end.
   * @param {AbortSignal|undefined} signal
   * @param {(core: object, call: number) => void} start
   * @param {{pin?: Function, step?: Function, certify?: Function}} [listeners]
   */
  call(signal, start, listeners) {
    const call = (this.#count += 1);
    const abort = () => this.#core.abort(call);
    signal?.addEventListener("abort", abort);
    const settled = new Promise((resolve, reject) => {
      this.#host.calls.set(call, { resolve, reject, ...listeners });
      start(this.#core, call);
      if (signal?.aborted) abort();
    });
    return settled.finally(() => signal?.removeEventListener("abort", abort));
  }
}

/**
 * The handle of a HIDDevice.
 * @param {HIDDevice} device
 * @param {{LockHandle: {find: Function}}} module either of the two
 */
export function hidHandle(device, { LockHandle }) {
  const host = new Host(device);
  const collections = device.collections.flatMap(({ usagePage, usage }) => [usagePage, usage]);
  return new Handle(host, LockHandle.find(host, device.vendorId, device.productId, Uint16Array.from(collections)));
}
