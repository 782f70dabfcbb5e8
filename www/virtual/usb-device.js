/**
 * A lock in the shape of Chromium's USBDevice, and how Chromium fails (reference: realusb.md section 5).
 * @module
 */
import { Cabled, bytesOf, pause } from "./cabled.js";
import { configurationOf } from "./usb-descriptor.js";

/** Classes that Chromium claims for no page. */
const PROTECTED = new Set([0x01, 0x03, 0x08, 0x0b, 0x0e, 0x10, 0xe0]);
const GET_DESCRIPTOR = 6;
const CONFIGURATION = 2;

export class VirtualUsbDevice extends Cabled {
  #descriptor;
  #claimed = new Set();
  /** Endpoints that stand still, as "in1" or "out1". */
  #halted = new Set();
  /** Calls to transferIn that wait: {length, resolve, reject}. */
  #reading = [];
  /** What the lock said and nobody has read. */
  #unread = [];
  /** Calls to transferOut that the lock never takes. */
  #hanging = [];
  #taken = false;

  /**
   * @param {object} lock the wasm's VirtualLock, plugged in
   * @param {{configuration?: Uint8Array, denied?: boolean}} [options] `configuration`: another configuration descriptor than the
   *   lock's own; `denied`: the system does not let a browser open it
   */
  constructor(lock, options = {}) {
    super(lock, options);
    this.#descriptor = options.configuration ?? lock.configuration;
    this.manufacturerName = lock.manufacturerName;
    this.serialNumber = lock.serialNumber;
    this.deviceClass = this.deviceSubclass = this.deviceProtocol = 0;
    this.usbVersionMajor = 2;
    this.usbVersionMinor = this.usbVersionSubminor = 0;
    this.deviceVersionMajor = 1;
    this.deviceVersionMinor = this.deviceVersionSubminor = 0;
    this.configurations = [configurationOf(this.#descriptor)];
    // The system has configured it before any page sees it.
    [this.configuration] = this.configurations;
  }

  async open() {
    await this.#here();
    if (this.opened) return;
    const outcome = this.options.denied ? "fails" : this.lock.open();
    this.changed();
    if (outcome === "fails") throw new DOMException("Access denied.", "SecurityError");
    // Opening succeeds all the same when another program has the interface.
    this.#taken = outcome === "taken";
    this.opened = true;
  }

  async close() {
    await pause(0);
    if (!this.opened) return;
    this.opened = false;
    this.#claimed.clear();
    this.#cancel();
    this.lock.close();
  }

  async selectConfiguration(value) {
    await this.#open();
    const found = this.configurations.find(({ configurationValue }) => configurationValue === value);
    if (!found) throw new DOMException("The configuration value provided is not supported by the device.", "NotFoundError");
    this.configuration = found;
  }

  async claimInterface(number) {
    await this.#open();
    const one = this.#interface(number);
    if (one.alternates.some(({ interfaceClass }) => PROTECTED.has(interfaceClass))) {
      throw new DOMException("The requested interface implements a protected class.", "SecurityError");
    }
    if (this.#taken) this.#taken = this.lock.open() !== "opened";
    if (this.#taken) throw new DOMException("Unable to claim interface.", "NetworkError");
    one.claimed = true;
    this.#claimed.add(number);
  }

  async releaseInterface(number) {
    await this.#open();
    this.#interface(number).claimed = false;
    if (this.#claimed.delete(number)) this.#cancel();
  }

  async selectAlternateInterface(number, setting) {
    await this.#open();
    const one = this.#interface(number);
    if (!one.claimed) throw new DOMException("The specified interface has not been claimed.", "InvalidStateError");
    const found = one.alternates.find(({ alternateSetting }) => alternateSetting === setting);
    if (!found) throw new DOMException("The alternate setting provided is not supported by the device.", "NotFoundError");
    one.alternate = found;
  }

  async transferOut(endpoint, data) {
    await this.#open();
    this.#endpoint("out", endpoint);
    const bytes = bytesOf(data).slice();
    if (this.#halted.has(`out${endpoint}`)) return { status: "stall", bytesWritten: 0 };
    const events = this.lock.send(bytes);
    this.changed();
    if (events[0] === "stall") {
      this.#halted.add(`out${endpoint}`);
      return { status: "stall", bytesWritten: 0 };
    }
    this.happen(events, (message) => {
      this.#unread.push(message);
      this.#serve();
    });
    if (events[0] === "hang") return new Promise((_, reject) => this.#hanging.push(reject));
    await pause(0);
    return { status: "ok", bytesWritten: bytes.length };
  }

  async transferIn(endpoint, length) {
    await this.#open();
    this.#endpoint("in", endpoint);
    if (this.#halted.has(`in${endpoint}`)) return { status: "stall", data: undefined };
    return new Promise((resolve, reject) => {
      this.#reading.push({ length, resolve, reject });
      this.#serve();
    });
  }

  async clearHalt(direction, endpoint) {
    await this.#open();
    this.#endpoint(direction, endpoint);
    this.#halted.delete(`${direction}${endpoint}`);
  }

  async controlTransferIn({ requestType, recipient, request, value }, length) {
    await this.#open();
    if (requestType === "standard" && recipient === "device" && request === GET_DESCRIPTOR && value === CONFIGURATION << 8) {
      return { status: "ok", data: viewOf(this.#descriptor.slice(0, length)) };
    }
    return { status: "stall", data: undefined };
  }

  async controlTransferOut() {
    await this.#open();
    return { status: "stall", bytesWritten: 0 };
  }

  async reset() {
    await this.#open();
  }

  /** Lets the bulk-IN endpoint stand still until its halt is cleared; what the lock said meanwhile is kept. */
  stall(endpoint = 1) {
    this.#halted.add(`in${endpoint}`);
    for (const { resolve } of this.#reading.splice(0)) resolve({ status: "stall", data: undefined });
  }

  unplug() {
    if (!this.plugged) return;
    this.opened = false;
    const error = () => new DOMException("A transfer error has occurred.", "NetworkError");
    for (const { reject } of this.#reading.splice(0)) reject(error());
    for (const reject of this.#hanging.splice(0)) reject(error());
    super.unplug();
  }

  /** Gives what was said to whoever reads, one message a transfer. */
  #serve() {
    while (this.#reading.length > 0 && this.#unread.length > 0) {
      const { length, resolve } = this.#reading.shift();
      const message = this.#unread.shift();
      const babble = message.length > length;
      resolve({ status: babble ? "babble" : "ok", data: viewOf(message.slice(0, length)) });
    }
  }

  #cancel() {
    const error = () => new DOMException("The transfer was cancelled.", "AbortError");
    for (const { reject } of this.#reading.splice(0)) reject(error());
    for (const reject of this.#hanging.splice(0)) reject(error());
  }

  async #here() {
    await pause(0);
    if (!this.plugged) throw new DOMException("The device was disconnected.", "NotFoundError");
  }

  async #open() {
    await this.#here();
    if (!this.opened) throw new DOMException("The device must be opened first.", "InvalidStateError");
  }

  #interface(number) {
    const found = this.configuration.interfaces.find(({ interfaceNumber }) => interfaceNumber === number);
    if (!found) throw new DOMException("The interface number provided is not supported by the device in its current configuration.", "NotFoundError");
    return found;
  }

  #endpoint(direction, number) {
    const claimed = this.configuration.interfaces.filter(({ interfaceNumber }) => this.#claimed.has(interfaceNumber));
    const endpoints = claimed.flatMap(({ alternate }) => alternate.endpoints);
    if (!endpoints.some((one) => one.direction === direction && one.endpointNumber === number)) {
      throw new DOMException("The specified endpoint is not part of a claimed and selected alternate interface.", "NotFoundError");
    }
  }
}

/**
 * Something on USB that is no lock: it says nothing, whatever it is sent.
 * @param {{vendorId: number, productId: number, productName: string, serialNumber?: string, configuration: Uint8Array}} about
 */
export function silent({ vendorId, productId, productName, serialNumber, configuration }) {
  return {
    vendorId, productId, productName, serialNumber, configuration, manufacturerName: "calock test",
    title: productName, serial: serialNumber, triesLeft: undefined,
    open: () => "opened", close() {}, plug() {}, unplug() {}, send: () => [], log: () => "[]", faults: () => [], clearFaults() {},
  };
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
