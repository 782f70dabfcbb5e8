/**
 * The browser behind one lock on USB: what src/web/usb.rs wishes for, done with a USBDevice.
 * @module
 */
import { CalockError } from "./errors.js";
import { Host, OPEN_PAUSES } from "./host.js";

const GET_DESCRIPTOR = 6;
const CONFIGURATION = 2;
/** Longer than the descriptor of any lock. */
const DESCRIPTOR_BYTES = 4096;
const ENDINGS = ["ok", "stall", "babble"];
const REFUSALS = {
  "open SecurityError": "DRIVER_DENIED",
  "open NetworkError": "DRIVER_DENIED",
  "claim SecurityError": "PROTECTED_CLASS",
  "claim NetworkError": "LOCK_BUSY",
};
/** What may be otherwise a moment later: a driver being set up, a page that lets go. */
const AGAIN = new Set(["DRIVER_DENIED", "LOCK_BUSY", "OPEN_FAILED"]);

export class UsbHost extends Host {
  #face;
  /** The transfer under way: at most one, and it outlives the question it was made for. */
  #reading;
  /** The ticket that waits for a transfer. */
  #waiting;
  /** Transfers that came when nobody waited. */
  #inbox = [];

  /**
   * @param {USBDevice} device
   * @param {import("./usb-face.js").Face} face
   */
  constructor(device, face) {
    super(device);
    this.#face = face;
  }

  /** Opens the device and claims the interface; either may be another page's or program's for a moment. */
  async open() {
    for (const pause of OPEN_PAUSES) {
      if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
      const failure = await this.#claim();
      if (!failure) return;
      // Told when it was the last time, or when no pause changes it.
      if (pause === OPEN_PAUSES[OPEN_PAUSES.length - 1] || !AGAIN.has(failure.code)) throw failure;
    }
  }

  /** @returns {Promise<CalockError|undefined>} why not */
  async #claim() {
    const { device } = this;
    const { configuration, number, alternate } = this.#face;
    let doing = "open";
    try {
      if (!device.opened) await device.open();
      doing = "configure";
      if (device.configuration?.configurationValue !== configuration) await device.selectConfiguration(configuration);
      doing = "claim";
      await device.claimInterface(number);
      const claimed = device.configuration.interfaces.find(({ interfaceNumber }) => interfaceNumber === number);
      if (claimed.alternate.alternateSetting !== alternate) await device.selectAlternateInterface(number, alternate);
      return undefined;
    } catch (error) {
      return refusal(error, doing);
    }
  }

  /** Another page can claim only what nobody has claimed. */
  async leave() {
    await this.device.releaseInterface(this.#face.number).catch(() => {});
    super.leave();
  }

  close(ticket) {
    this.leave();
    this.answer(ticket, this.device.close().catch(() => {}));
  }

  abandon(message) {
    const gone = () => {};
    const { device } = this;
    if (message.length > 0) device.transferOut(this.#face.output.endpointNumber, message.slice()).catch(gone);
    device.close().catch(gone);
    this.leave();
  }

  describe(ticket) {
    const { index, number } = this.#face;
    const setup = { requestType: "standard", recipient: "device", request: GET_DESCRIPTOR, value: (CONFIGURATION << 8) | index, index: 0 };
    const asked = this.device.controlTransferIn(setup, DESCRIPTOR_BYTES);
    this.answer(ticket, asked.then(({ data }) => Uint8Array.of(number, ...bytesOf(data))), "OPEN_FAILED");
  }

  send(ticket, message) {
    this.answer(ticket, this.#send(message.slice()), "DISCONNECTED");
  }

  receive(ticket, most) {
    if (this.#inbox.length > 0) {
      this.answer(ticket, Promise.resolve(this.#inbox.shift()));
      return;
    }
    this.#waiting = ticket;
    this.#read(most);
  }

  clear(ticket) {
    this.answer(ticket, this.device.clearHalt("in", this.#face.input.endpointNumber), "DISCONNECTED");
  }

  drain() {
    this.#inbox = [];
  }

  forget(ticket) {
    if (ticket === this.#waiting) this.#waiting = undefined;
    super.forget(ticket);
  }

  async #send(message) {
    const { endpointNumber } = this.#face.output;
    const { status } = await this.device.transferOut(endpointNumber, message);
    message.fill(0);
    if (status === "ok") return;
    // The command did not arrive and is not sent again; what comes after it may.
    await this.device.clearHalt("out", endpointNumber);
    throw new CalockError("BAD_FRAME");
  }

  /** One transfer at a time: a second one would take the answer that the first is to get. */
  async #read(most) {
    if (this.#reading) return;
    const { endpointNumber, packetSize } = this.#face.input;
    // Whole packets: a device that sends more than was asked for is cut off in the middle of one.
    this.#reading = this.device.transferIn(endpointNumber, Math.ceil(most / packetSize) * packetSize);
    const came = await this.#reading.then(
      ({ status, data }) => Uint8Array.of(ENDINGS.indexOf(status), ...bytesOf(data)),
      (error) => error,
    );
    this.#reading = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.answer(waiting, came instanceof Uint8Array ? Promise.resolve(came) : Promise.reject(came), "DISCONNECTED");
    else if (came instanceof Uint8Array) this.#inbox.push(came);
  }
}

/**
 * Why a device cannot be had, by what was being done and the error's name; never by its message.
 *
 * `open()` is denied where the system's driver is not WinUSB (Windows) or the user may not open the device (Linux). An
 * interface can be claimed by one page or program at a time.
 */
function refusal({ name }, doing) {
  const code = name === "NotFoundError" ? "DISCONNECTED" : REFUSALS[`${doing} ${name}`];
  return new CalockError(code ?? "OPEN_FAILED", { phase: "open", detail: name });
}

/** A DataView's bytes; a stalled transfer has none. */
function bytesOf(data) {
  return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : [];
}
