/**
 * The browser behind one lock: what the module wishes for (src/web/host.rs) and what happens to it. This one is for a
 * HIDDevice; usb-host.js does the rest for a USBDevice.
 *
 * A wish with a ticket is answered once, later, never from within the wish; what the module says about it is in host.rs.
 * @module
 */
import { CalockError, asCalockError } from "./errors.js";
import { takeTurn } from "./page-lock.js";

/** Other programs let go of a device slowly, so opening is tried again a few times. */
export const OPEN_PAUSES = [0, 100, 300, 600];
const REPORT = 64;

export class Host {
  /** The module's end: set once, before anything is wished for. */
  core;
  /** Calls under way: number → {resolve, reject, pin, step}. */
  calls = new Map();
  device;
  #release;
  #entering;
  /** What to do when a ticket is given up. */
  #forgets = new Map();
  #heard = (event) => {
    const { data } = event;
    this.core.report(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  };

  constructor(device) {
    this.device = device;
  }

  enter(ticket) {
    this.#entering = ticket;
    this.answer(ticket, this.#enter(ticket));
  }

  leave() {
    this.#release?.();
    this.#release = undefined;
  }

  close(ticket) {
    this.device.removeEventListener("inputreport", this.#heard);
    this.leave();
    // What cannot be closed is gone already.
    this.answer(ticket, Promise.resolve(this.device.close()).catch(() => {}));
  }

  abandon(reports) {
    this.device.removeEventListener("inputreport", this.#heard);
    const gone = () => {};
    for (let at = 0; at < reports.length; at += REPORT) {
      this.device.sendReport(0, reports.slice(at, at + REPORT)).catch(gone);
    }
    Promise.resolve(this.device.close()).catch(gone);
    this.leave();
  }

  send(ticket, report) {
    this.answer(ticket, this.device.sendReport(0, report.slice()), "DISCONNECTED");
  }

  sleep(ticket, milliseconds) {
    const timer = setTimeout(() => this.core.answered(ticket), milliseconds);
    this.#forgets.set(ticket, () => clearTimeout(timer));
  }

  verify(ticket, algorithm, message, signature) {
    this.answer(ticket, verify(JSON.parse(algorithm), message.slice(), signature.slice()), "KEY_UNSUPPORTED");
  }

  pin(ticket, call, question) {
    const moot = new AbortController();
    this.#forgets.set(ticket, () => moot.abort());
    const ask = { ...JSON.parse(question), signal: moot.signal };
    const answered = Promise.resolve(ask).then(this.calls.get(call).pin).then(typed, refused);
    this.answer(ticket, answered, "PARAMETER");
  }

  forget(ticket) {
    if (ticket === this.#entering) {
      this.#entering = undefined;
      // The turn may have been taken a moment ago, and nobody will give back what nobody was told of.
      this.leave();
    }
    this.#forgets.get(ticket)?.();
    this.#forgets.delete(ticket);
  }

  step(call, step) {
    this.calls.get(call)?.step?.(JSON.parse(step));
  }

  settle(call, failed, json) {
    const { resolve, reject } = this.calls.get(call);
    this.calls.delete(call);
    const outcome = JSON.parse(json);
    if (failed) reject(new CalockError(outcome.code, outcome));
    else resolve(outcome);
  }

  origin() {
    return location.origin;
  }

  async #enter(ticket) {
    const device = this.device;
    // WebHID tells no serial number, so locks of one model share a turn.
    const release = await takeTurn(`calock:${device.vendorId}:${device.productId}${device.serialNumber ?? ""}`);
    try {
      const opened = await this.open();
      // Given up while it opened: the turn goes to whoever wants it.
      if (this.#entering !== ticket) throw new CalockError("ABORTED");
      this.#release = release;
      return opened;
    } catch (error) {
      this.leave();
      release();
      throw error;
    }
  }

  /** Opens the device, for as long as this page has its turn. Gives a byte when it was not open yet. */
  async open() {
    const device = this.device;
    device.addEventListener("inputreport", this.#heard);
    for (const pause of OPEN_PAUSES) {
      if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
      // Also open when the page itself, or the attempt before, opened it meanwhile.
      if (device.opened) return;
      try {
        await device.open();
        return Uint8Array.of(1);
      } catch {
        // Tried again, and told as OPEN_FAILED in the end.
      }
    }
    throw new CalockError("OPEN_FAILED");
  }

  #tell(ticket, code, bytes) {
    if (ticket === this.#entering) this.#entering = undefined;
    this.core.answered(ticket, code, bytes);
  }

  /** Answers a ticket with what a promise gives; `code`: what a browser's error means here. */
  answer(ticket, promise, code) {
    promise.then(
      (bytes) => {
        const given = bytes instanceof Uint8Array ? bytes : undefined;
        this.#tell(ticket, undefined, given);
        // It may have been a PIN; the module has its own copy, and wipes it.
        given?.fill(0);
      },
      (error) => this.#tell(ticket, asCalockError(error, code).code),
    );
  }
}

/** A PIN in any of the forms a page may give it, as the module takes it: one byte for the last try, then the PIN. */
function typed(answer) {
  if (answer === null || answer === undefined) throw new CalockError("PIN_CANCELLED");
  const bare = typeof answer === "string" || answer instanceof Uint8Array;
  const { pin, lastTry } = bare ? { pin: answer } : answer;
  const bytes = typeof pin === "string" ? new TextEncoder().encode(pin) : pin;
  if (!(bytes instanceof Uint8Array)) throw new CalockError("PARAMETER");
  const whole = new Uint8Array(1 + bytes.length);
  whole[0] = lastTry ? 1 : 0;
  whole.set(bytes, 1);
  bytes.fill(0);
  return whole;
}

/** Cancelled when the page says so, a fault of the page otherwise. A failure is never called a cancel. */
function refused(reason) {
  const cancelled = reason?.name === "AbortError" || reason?.code === "PIN_CANCELLED";
  throw new CalockError(cancelled ? "PIN_CANCELLED" : "PARAMETER");
}

/** `algorithm` serves `importKey` and `verify` alike; src/web/webcrypto.rs makes it. */
async function verify({ key, ...algorithm }, message, signature) {
  const imported = await crypto.subtle.importKey("jwk", key, algorithm, false, ["verify"]);
  return Uint8Array.of((await crypto.subtle.verify(algorithm, imported, signature, message)) ? 1 : 0);
}
