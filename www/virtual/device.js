/**
 * A lock in the shape of Chromium's HIDDevice: what a GM3000 shows, and how Chromium fails when it is pulled out.
 * @module
 */

/** Bytes of a report, both ways. */
const REPORT = 64;

export class VirtualDevice extends EventTarget {
  #lock;
  #listener = null;
  #gone = false;

  /** @param {object} lock the wasm's VirtualLock, plugged in */
  constructor(lock) {
    super();
    this.#lock = lock;
    this.vendorId = lock.vendorId;
    this.productId = lock.productId;
    this.productName = lock.productName;
    this.collections = collections();
    this.opened = false;
    /** Milliseconds until an answer. */
    this.latency = 0;
  }

  /** What names this lock among virtual ones; real WebHID shows no serial number. */
  get serial() {
    return this.#lock.serial ?? this.#lock.title;
  }

  get label() {
    return this.#lock.title;
  }

  get triesLeft() {
    return this.#lock.triesLeft;
  }

  get plugged() {
    return !this.#gone;
  }

  /**
   * Has something go wrong: `KIND@WHEN[:UNTIL]`, see docs/testing.md. Of several faults that fit, the last one strikes.
   * @param {string} fault
   */
  inject(fault) {
    this.#lock.inject(fault);
    this.#changed();
  }

  /** The faults that are still to strike, as text. */
  get faults() {
    return this.#lock.faults();
  }

  clearFaults() {
    this.#lock.clearFaults();
    this.#changed();
  }

  /** The exchanges so far, the last 256: names, lengths and status words, no data and so no PIN. */
  get log() {
    return JSON.parse(this.#lock.log());
  }

  /** The same lock as a new device. */
  again() {
    this.unplug();
    this.#lock.plug();
    return new VirtualDevice(this.#lock);
  }

  async open() {
    await pause(0);
    if (this.opened) throw new DOMException("The device is already open.", "InvalidStateError");
    const outcome = this.#gone ? "fails" : this.#lock.open();
    this.#changed();
    // A page is not told whether another program holds it.
    if (outcome !== "opened") throw new DOMException("Failed to open the device.", "NotAllowedError");
    this.opened = true;
  }

  async close() {
    await pause(0);
    if (this.#gone) return;
    this.opened = false;
    this.#lock.close();
  }

  async forget() {
    await this.close();
    this.dispatchEvent(new Event("calock-forget"));
  }

  async sendReport(reportId, data) {
    if (this.#gone) return never();
    if (!this.opened) throw new DOMException("The device must be opened first.", "InvalidStateError");
    const report = bytesOf(data);
    if (reportId !== 0 || report.length > REPORT) throw new DOMException("Failed to write the report.", "NotAllowedError");
    const padded = new Uint8Array(REPORT);
    padded.set(report);
    const events = this.#lock.send(padded);
    this.#changed();
    if (events[0] === "stall") throw new DOMException("Failed to write the report.", "NotAllowedError");
    await pause(0);
    this.#happen(events);
    return events[0] === "hang" ? never() : undefined;
  }

  async sendFeatureReport() {
    throw new DOMException("Failed to write the feature report.", "NotAllowedError");
  }

  async receiveFeatureReport() {
    throw new DOMException("Failed to receive the feature report.", "NotAllowedError");
  }

  get oninputreport() {
    return this.#listener;
  }

  set oninputreport(listener) {
    if (this.#listener) this.removeEventListener("inputreport", this.#listener);
    this.#listener = typeof listener === "function" ? listener : null;
    if (this.#listener) this.addEventListener("inputreport", this.#listener);
  }

  unplug() {
    if (this.#gone) return;
    this.#gone = true;
    // Without power the lock forgets what was opened and proven.
    this.#lock.unplug();
    this.dispatchEvent(new Event("calock-unplug"));
  }

  /** What sending led to, in its order and time. */
  async #happen(events) {
    await pause(this.latency);
    for (const event of events) {
      if (this.#gone) return;
      if (typeof event === "number") await pause(event);
      else if (event === "unplug") this.unplug();
      else if (event instanceof Uint8Array) this.#deliver(event);
    }
  }

  #deliver(bytes) {
    if (!this.opened) return;
    this.dispatchEvent(Object.assign(new Event("inputreport"), { device: this, reportId: 0, data: new DataView(bytes.buffer) }));
  }

  /** For whoever shows what the lock does: its log or its faults may have changed. */
  #changed() {
    this.dispatchEvent(new Event("calock-log"));
  }
}

/** What Chromium makes of the GM3000's report descriptor. */
function collections() {
  const item = (usage) => ({
    hasNull: false, hasPreferredState: true, isAbsolute: true, isArray: false, isBufferedBytes: false, isConstant: false,
    isLinear: true, isRange: false, isVolatile: false, logicalMaximum: -1, logicalMinimum: 0, physicalMaximum: 0,
    physicalMinimum: 0, reportCount: REPORT, reportSize: 8, unitExponent: 0, unitSystem: "none", usages: [usage], wrap: false,
  });
  const report = (usage) => [{ reportId: 0, items: [item(usage)] }];
  return [{ type: 1, usagePage: 0xffa0, usage: 1, children: [], featureReports: [], inputReports: report(0xffa10003), outputReports: report(0xffa10004) }];
}

function bytesOf(data) {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

function never() {
  return new Promise(() => {});
}
