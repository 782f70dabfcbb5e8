/**
 * Finding locks. Two verbs: `request()` opens the browser's chooser and must run in a click; `known()` is silent.
 * @module
 */
import { CalockError, abortable, asCalockError, throwIfAborted } from "./errors.js";
import { hidHandle } from "./handle.js";
import { Lock } from "./lock.js";
import { policyAllows, supportReasons } from "./support.js";
import { full, init, wasm } from "./wasm.js";

/** localStorage: that this site was once given a lock, and nothing about it. Without it diagnose() cannot tell a lost permission. */
export const ALLOWED = "calock-allowed";

/** Events: "added" and "removed", with the lock as `event.lock`. */
export class LockList extends EventTarget {
  /** @type {Map<object, Lock>} by HIDDevice or USBDevice */
  #open = new Map();
  /** The `navigator.hid` whose events are heard; tests replace the browser's. */
  #watched = null;

  /**
   * Lets the person pick a lock in the browser's chooser.
   * @param {{signal?: AbortSignal, usb?: boolean, all?: boolean}} [options] `usb`: in the chooser of WebUSB; `all`: a lock of
   *   any model with a HID face
   * @returns {Promise<Lock>}
   */
  async request({ signal, usb, all } = {}) {
    throwIfAborted(signal);
    const more = (usb || all) && (await abortable(full(), signal));
    if (usb) return more.requestUsb(this, signal);
    const hid = await this.#ready(signal);
    const module = more || wasm();
    const filters = JSON.parse(module.filters());
    try {
      const chosen = await abortable(hid.requestDevice({ filters }), signal);
      // One lock with several interfaces comes as several devices: the one that speaks to us is wanted.
      const device = chosen.find((device) => matches(device, filters)) ?? chosen[0];
      if (device) {
        try {
          localStorage[ALLOWED] = 1;
        } catch {
          // A page without storage only loses a hint.
        }
        return this.adopt(device, hidHandle, module);
      }
    } catch (error) {
      throw chooserError(error);
    }
    throw new CalockError("CHOOSER_CANCELLED", { phase: "choose" });
  }

  /**
   * The locks that are plugged in and that this site was allowed to use before. Opens nothing, asks nothing.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<readonly Lock[]>}
   */
  async known({ signal } = {}) {
    const hid = await this.#ready(signal);
    // A policy against WebUSB is none against WebHID.
    const usb = globalThis.navigator.usb?.getDevices().catch(() => []);
    try {
      const devices = await abortable(Promise.all([hid.getDevices(), usb ?? []]), signal);
      const locks = await abortable(Promise.all(devices.flat().map((device) => this.#find(device))), signal);
      return locks.filter(Boolean);
    } catch (error) {
      throw chooserError(error);
    }
  }

  async #ready(signal) {
    throwIfAborted(signal);
    const [missing] = supportReasons();
    if (missing) throw new CalockError(missing, { phase: "choose" });
    await abortable(init(), signal);
    this.watch();
    return globalThis.navigator.hid;
  }

  /** @internal Hears of devices that come and go. */
  watch() {
    const { hid, usb } = globalThis.navigator;
    if (this.#watched === hid) return;
    if (!this.#watched) globalThis.addEventListener("pagehide", () => this.#releaseAll());
    this.#watched = hid;
    for (const api of [hid, usb]) {
      api?.addEventListener("connect", async ({ device }) => {
        // A device that only the other module may know tells nobody when that module cannot be fetched.
        const lock = this.#watched === hid && (await this.#find(device).catch(() => {}));
        if (lock) this.#tell("added", lock);
      });
      api?.addEventListener("disconnect", ({ device }) => {
        // Chromium never settles a report that was on its way when the lock was pulled out: say so at once.
        const lock = this.#open.get(device);
        if (!lock) return;
        lock.disconnected();
        this.#tell("removed", lock);
      });
    }
  }

  /** The lock behind a device that the page may use; undefined when it is none. */
  async #find(device) {
    const light = device.collections && wasm();
    return light && matches(device, JSON.parse(light.filters())) ? this.adopt(device, hidHandle, light) : (await full()).find(this, device);
  }

  /**
   * @internal The lock behind a device; always the same one.
   * @param {HIDDevice|USBDevice} device
   * @param {(device: object, module: object) => import("./handle.js").Handle} connect
   * @param {object} [module]
   */
  adopt(device, connect, module) {
    let lock = this.#open.get(device);
    if (!lock) {
      const handle = connect(device, module);
      lock = new Lock(handle, handle.title || device.productName || "", () => this.#open.delete(device), device);
      this.#open.set(device, lock);
      try {
        localStorage[ALLOWED] = 1;
      } catch {
        // A page without storage only loses a hint.
      }
    }
    return lock;
  }

  /** @internal Whether a device is a lock that `known()` or `request()` gave. */
  has(device) {
    return this.#open.has(device);
  }

  #releaseAll() {
    for (const lock of [...this.#open.values()]) {
      lock.release();
      this.#tell("removed", lock);
    }
  }

  #tell(type, lock) {
    this.dispatchEvent(Object.assign(new Event(type), { lock }));
  }
}

export function matches(device, filters) {
  const equal = (wanted, has) => wanted === undefined || wanted === has;
  return filters.some(
    (filter) =>
      equal(filter.vendorId, device.vendorId) &&
      equal(filter.productId, device.productId) &&
      (filter.usagePage === undefined ||
        device.collections.some(({ usagePage, usage }) => usagePage === filter.usagePage && equal(filter.usage, usage))),
  );
}

/** A SecurityError has two causes; the page's state tells them apart. After a slow download a click may be too old. */
export function chooserError(error, feature) {
  if (error?.name !== "SecurityError") return asCalockError(error, "INTERNAL", "choose");
  const lost = policyAllows(feature) && globalThis.navigator.userActivation?.isActive === false;
  return new CalockError(lost ? "GESTURE_REQUIRED" : "POLICY_BLOCKED", { phase: "choose", cause: error });
}
