/**
 * A lock in the shape of Chromium's HIDDevice: what a GM3000 shows, and how Chromium fails when it is pulled out.
 * @module
 */
import { Cabled, bytesOf, never, pause } from "./cabled.js";

/** Bytes of a report, both ways. */
const REPORT = 64;

export class VirtualDevice extends Cabled {
  #listener = null;

  /** @param {object} lock the wasm's VirtualLock, plugged in */
  constructor(lock) {
    super(lock);
    this.collections = collections();
  }

  async open() {
    await pause(0);
    if (this.opened) throw new DOMException("The device is already open.", "InvalidStateError");
    const outcome = this.plugged ? this.lock.open() : "fails";
    this.changed();
    // A page is not told whether another program holds it.
    if (outcome !== "opened") throw new DOMException("Failed to open the device.", "NotAllowedError");
    this.opened = true;
  }

  async close() {
    await pause(0);
    if (!this.plugged) return;
    this.opened = false;
    this.lock.close();
  }

  async sendReport(reportId, data) {
    if (!this.plugged) return never();
    if (!this.opened) throw new DOMException("The device must be opened first.", "InvalidStateError");
    const report = bytesOf(data);
    if (reportId !== 0 || report.length > REPORT) throw new DOMException("Failed to write the report.", "NotAllowedError");
    const padded = new Uint8Array(REPORT);
    padded.set(report);
    const events = this.lock.send(padded);
    this.changed();
    if (events[0] === "stall") throw new DOMException("Failed to write the report.", "NotAllowedError");
    await pause(0);
    this.happen(events, (bytes) => this.#deliver(bytes));
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

  #deliver(bytes) {
    if (!this.opened) return;
    this.dispatchEvent(Object.assign(new Event("inputreport"), { device: this, reportId: 0, data: new DataView(bytes.buffer) }));
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
