/**
 * Finding locks. Two verbs: `request()` opens the browser's chooser and must run in a click; `known()` is silent.
 * @module
 */
import { CalockError, abortable, asCalockError, throwIfAborted } from "./errors.js";
import { Handle } from "./handle.js";
import { Lock } from "./lock.js";
import { policyAllows, supportReasons } from "./support.js";
import { init, wasm } from "./wasm.js";

/** localStorage: that this site was once given a lock, and nothing about it. Without it diagnose() cannot tell a lost permission. */
export const ALLOWED = "calock-allowed";

/** Events: "added" and "removed", with the lock as `event.lock`. */
export class LockList extends EventTarget {
  /** @type {Map<object, Lock>} by HIDDevice */
  #open = new Map();
  /** The `navigator.hid` whose events are heard; tests replace the browser's. */
  #watched;

  /**
   * Lets the person pick a lock in the browser's chooser.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<Lock>}
   */
  async request({ signal } = {}) {
    const { hid, filters } = await this.#ready(signal);
    // After a slow download the click may be too old for the browser. Ask before it says the same in an error.
    if (globalThis.navigator.userActivation?.isActive === false) throw new CalockError("GESTURE_REQUIRED", { phase: "choose" });
    let chosen;
    try {
      chosen = await abortable(hid.requestDevice({ filters }), signal);
    } catch (error) {
      throw chooserError(error);
    }
    if (chosen.length === 0) throw new CalockError("CHOOSER_CANCELLED", { phase: "choose" });
    try {
      localStorage[ALLOWED] = 1;
    } catch {
      // A page without storage only loses a hint.
    }
    // One lock with several interfaces comes as several devices: the one that speaks to us is wanted.
    try {
      return this.#lock(chosen.find((device) => matches(device, filters)) ?? chosen[0]);
    } catch (error) {
      throw asCalockError(error, "LOCK_UNKNOWN", "choose");
    }
  }

  /**
   * The locks that are plugged in and that this site was allowed to use before. Opens nothing, asks nothing.
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<readonly Lock[]>}
   */
  async known({ signal } = {}) {
    const { hid, filters } = await this.#ready(signal);
    try {
      const devices = await abortable(hid.getDevices(), signal);
      return devices.filter((device) => matches(device, filters)).map((device) => this.#lock(device));
    } catch (error) {
      throw chooserError(error);
    }
  }

  async #ready(signal) {
    throwIfAborted(signal);
    const [missing] = supportReasons();
    if (missing) throw new CalockError(missing, { phase: "choose" });
    await abortable(init(), signal);
    const hid = globalThis.navigator.hid;
    const filters = JSON.parse(wasm().filters());
    this.#watch(hid, filters);
    return { hid, filters };
  }

  #watch(hid, filters) {
    if (this.#watched === hid) return;
    if (!this.#watched) globalThis.addEventListener("pagehide", () => this.#releaseAll());
    this.#watched = hid;
    hid.addEventListener("connect", ({ device }) => {
      if (this.#watched === hid && matches(device, filters)) this.#tell("added", this.#lock(device));
    });
    hid.addEventListener("disconnect", ({ device }) => {
      // Chromium never settles a report that was on its way when the lock was pulled out: say so at once.
      const lock = this.#open.get(device);
      if (!lock) return;
      lock.disconnected();
      this.#tell("removed", lock);
    });
  }

  #lock(device) {
    let lock = this.#open.get(device);
    if (!lock) {
      const handle = new Handle(device);
      lock = new Lock(handle, handle.title || device.productName || "", () => this.#open.delete(device));
      this.#open.set(device, lock);
    }
    return lock;
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

/** Whether a HIDDevice fits one of the filters of `requestDevice`. */
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

/** A SecurityError has two causes; the page's state tells them apart. */
function chooserError(error) {
  if (error?.name !== "SecurityError") return asCalockError(error, "INTERNAL", "choose");
  const lost = policyAllows() && globalThis.navigator.userActivation?.isActive === false;
  return new CalockError(lost ? "GESTURE_REQUIRED" : "POLICY_BLOCKED", { phase: "choose", cause: error });
}
