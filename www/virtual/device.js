/**
 * A lock in the shape of Chromium's HIDDevice: what a GM3000 shows, and how Chromium fails when it is pulled out.
 * @module
 */

/** Bytes of a report, both ways. */
const REPORT = 64;
/** Faults a test can order for the n-th message to the lock, counted from 1. */
const FAULTS = new Set(["stall", "garble", "unplug", "stale"]);

export class VirtualDevice extends EventTarget {
  #lock;
  #file;
  #listener = null;
  #gone = false;
  #messages = 0;
  #last;

  /**
   * @param {object} lock the wasm's VirtualLock
   * @param {{label?: string, serial?: string}} file
   */
  constructor(lock, file) {
    super();
    this.#lock = lock;
    this.#file = file;
    this.vendorId = lock.vendorId;
    this.productId = lock.productId;
    this.productName = lock.productName;
    this.collections = collections();
    this.opened = false;
    /** Milliseconds until an answer. */
    this.latency = 0;
    /**
     * What goes wrong, and when: `{at: 3, kind: "unplug"}`. "stall": no answer; "garble": an answer with broken bytes;
     * "unplug": pulled out while sending; "stale": the answer before comes once more, first.
     * @type {{at: number, kind: "stall"|"garble"|"unplug"|"stale"}|undefined}
     */
    this.fault = undefined;
    /** Set to have `open()` fail as when another program holds the lock. */
    this.refuseOpen = false;
  }

  /** What names this lock among virtual ones; real WebHID shows no serial number. */
  get serial() {
    return this.#file.serial ?? "";
  }

  get label() {
    return this.#file.label ?? this.productName;
  }

  get triesLeft() {
    return this.#lock.triesLeft;
  }

  /** Messages the lock was sent since it was plugged in. */
  get messages() {
    return this.#messages;
  }

  /** What was said, PIN blocks masked. */
  transcript() {
    return this.#lock.transcript();
  }

  /** The same lock as a new device. */
  again() {
    this.unplug();
    return new VirtualDevice(this.#lock, this.#file);
  }

  async open() {
    await pause(0);
    if (this.opened) throw new DOMException("The device is already open.", "InvalidStateError");
    if (this.refuseOpen || this.#gone) throw new DOMException("Failed to open the device.", "NotAllowedError");
    this.opened = true;
  }

  async close() {
    await pause(0);
    if (!this.#gone) this.opened = false;
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
    const fault = this.#begin(report);
    if (fault === "unplug") {
      this.unplug();
      return never();
    }
    const answer = this.#exchange(report);
    await pause(0);
    if (fault !== "stall") this.#deliver(fault === "stale" && this.#last ? [...this.#last, ...answer] : answer, fault === "garble");
    if (answer.length > 0) this.#last = answer;
    return undefined;
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
    this.dispatchEvent(new Event("calock-unplug"));
  }

  /** Counts messages, not reports: a message begins with a report tagged "first" or "only". */
  #begin(report) {
    if (report[0] < 0x80) return undefined;
    this.#messages += 1;
    const { at, kind } = this.fault ?? {};
    return at === this.#messages && FAULTS.has(kind) ? kind : undefined;
  }

  #exchange(report) {
    const padded = new Uint8Array(REPORT);
    padded.set(report);
    this.#lock.write(padded);
    const answer = [];
    for (let next = this.#lock.read(); next; next = this.#lock.read()) answer.push(next);
    return answer;
  }

  async #deliver(reports, garbled) {
    await pause(this.latency);
    for (const bytes of reports) {
      if (this.#gone || !this.opened) return;
      const sent = bytes.slice();
      // The header, so that no frame can be read from it; broken content is the virtual lock's own business.
      if (garbled) for (let at = 1; at < 24; at += 1) sent[at] ^= 0x5a;
      const event = Object.assign(new Event("inputreport"), { device: this, reportId: 0, data: new DataView(sent.buffer) });
      this.dispatchEvent(event);
    }
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
