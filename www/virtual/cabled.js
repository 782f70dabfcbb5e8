/**
 * A virtual lock on some cable: what its tester does with it. What its page does with it depends on the cable.
 * @module
 */

/** Events: `calock-log` when log or faults may have changed, `calock-unplug` when it was pulled out, by a fault too. */
export class Cabled extends EventTarget {
  #gone = false;

  /**
   * @param {object} lock the wasm's VirtualLock, plugged in
   * @param {object} [options] what the cable is like, where there is a choice
   */
  constructor(lock, options = {}) {
    super();
    this.lock = lock;
    this.options = options;
    this.vendorId = lock.vendorId;
    this.productId = lock.productId;
    this.productName = lock.productName;
    this.opened = false;
    /** Milliseconds until an answer. */
    this.latency = 0;
  }

  /** What names this lock among virtual ones, whatever its face shows. */
  get serial() {
    return this.lock.serial ?? this.lock.title;
  }

  get label() {
    return this.lock.title;
  }

  /** What is inside, as the text of a lock file; undefined for contents that are never changed. */
  file() {
    return this.lock.file();
  }

  get triesLeft() {
    return this.lock.triesLeft;
  }

  get plugged() {
    return !this.#gone;
  }

  /**
   * Has something go wrong: `KIND@WHEN[:UNTIL]`, see docs/testing.md. Of several faults that fit, the last one strikes.
   * @param {string} fault
   */
  inject(fault) {
    this.lock.inject(fault);
    this.changed();
  }

  /** The faults that are still to strike, as text. */
  get faults() {
    return this.lock.faults();
  }

  clearFaults() {
    this.lock.clearFaults();
    this.changed();
  }

  /** The exchanges so far, the last 256: names, lengths and status words, no data and so no PIN. */
  get log() {
    return JSON.parse(this.lock.log());
  }

  /** The same lock as a new device. */
  again() {
    this.unplug();
    this.lock.plug();
    return new this.constructor(this.lock, this.options);
  }

  unplug() {
    if (this.#gone) return;
    this.#gone = true;
    // Without power the lock forgets what was opened and proven.
    this.lock.unplug();
    this.dispatchEvent(new Event("calock-unplug"));
  }

  async forget() {
    await this.close();
    this.dispatchEvent(new Event("calock-forget"));
  }

  /** What sending led to, in its order and time; `deliver` takes what the lock says. */
  async happen(events, deliver) {
    await pause(this.latency);
    for (const event of events) {
      if (this.#gone) return;
      if (typeof event === "number") await pause(event);
      else if (event === "unplug") this.unplug();
      else if (event instanceof Uint8Array) deliver(event);
    }
  }

  /** For whoever shows what the lock does: its log or its faults may have changed. */
  changed() {
    this.dispatchEvent(new Event("calock-log"));
  }
}

export function bytesOf(data) {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

export function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

export function never() {
  return new Promise(() => {});
}
