/**
 * One lock, as pages use it: the wasm's handle with checked parameters and errors of one class.
 * @module
 */
import { CalockError, asCalockError, throwIfAborted } from "./errors.js";

let count = 0;

/** A CA lock that this page may use. Made by `locks.request()` and `locks.known()`, never by hand. */
export class Lock {
  #handle;
  #forget;
  #device;
  #closed = false;

  /**
   * @param {object} handle the wasm's LockHandle
   * @param {string} name
   * @param {(lock: Lock) => void} forget called once, when the lock can no longer be used
   * @param {HIDDevice|USBDevice} device
   */
  constructor(handle, name, forget, device) {
    this.#device = device;
    this.#handle = handle;
    this.#forget = forget;
    count += 1;
    /** Names this connection within the page. Not a serial number: WebHID shows none. */
    this.id = `lock-${count}`;
    this.name = name;
    this.profile = handle.profile;
    /** @type {readonly object[]|undefined} what certificates() gave last */
    this.certificatesRead = undefined;
  }

  get closed() {
    return this.#closed;
  }

  /** Exchanges with the lock so far. */
  get exchanges() {
    return this.#handle.exchanges;
  }

  /** The last exchanges, one line each: instruction, lengths, status word; no data. For support. */
  journal() {
    return this.#handle.journal();
  }

  /** Opens the lock and reads its certificates. */
  async certificates({ signal } = {}) {
    this.certificatesRead = await this.#call("read", signal, (handle) => handle.certificates(signal));
    return this.certificatesRead;
  }

  /** Label, serial number, manufacturer and applications. */
  info({ signal } = {}) {
    return this.#call("read", signal, (handle) => handle.info(signal));
  }

  /**
   * Asks for the PIN, has the statement signed and returns what a backend is sent.
   * @param {object} request see LoginRequest in index.d.ts
   */
  async login({ challenge, purpose, account, payload, certificate, pin, onStep, signal } = {}) {
    if (typeof pin !== "function") throw new CalockError("PARAMETER", { detail: "pin is no function" });
    if (typeof challenge?.nonce !== "string" || typeof challenge.time !== "string") {
      throw new CalockError("CHALLENGE_INVALID", { detail: "nonce or time is missing" });
    }
    const statement = {
      purpose: purpose ?? challenge.purpose ?? "login",
      nonce: challenge.nonce,
      time: challenge.time,
      account: account ?? challenge.account ?? undefined,
      payload: payload ?? challenge.payload ?? undefined,
      certificate,
    };
    return this.#call("sign", signal, (handle) => handle.login(statement, pin, guarded(onStep), signal));
  }

  /** What one can do with a lock besides logging in; closes this lock and opens its device anew. See tools.js. */
  tools() {
    return this.#call("open", undefined, async () => {
      const { open } = await import("./tools.js");
      await this.close();
      return open(this.#device);
    });
  }

  /** Leaves the lock as it was found and lets other pages have it. Never fails; afterwards ask for the lock again. */
  async close() {
    if (this.#closed) return;
    this.#end();
    try {
      await this.#handle.close();
    } catch {
      // A lock that was pulled out cannot be tidied up; there is nothing that a caller could do.
    }
  }

  /** @internal The browser said that the device is gone. Calls under way end at once. */
  disconnected() {
    this.#end();
    this.#handle.disconnected();
  }

  /** @internal The page goes away: what can be done without waiting. */
  release() {
    if (this.#closed) return;
    this.#end();
    this.#handle.release();
  }

  #end() {
    this.#closed = true;
    this.#forget(this);
  }

  async #call(phase, signal, work) {
    throwIfAborted(signal);
    if (this.#closed) throw new CalockError("LOCK_CLOSED", { phase });
    try {
      return await work(this.#handle);
    } catch (error) {
      throw asCalockError(error, "INTERNAL", phase);
    }
  }
}

if (Symbol.asyncDispose) {
  Lock.prototype[Symbol.asyncDispose] = function dispose() {
    return this.close();
  };
}

/** A listener's own mistake must not end a login. */
function guarded(onStep) {
  return (step) => {
    try {
      onStep?.(step);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  };
}
