/**
 * What `navigator.hid` and `navigator.usb` have in common when there are virtual locks in them: permissions, events and the
 * chooser as the browser has them.
 * @module
 */

export class Permitted extends EventTarget {
  #real;
  #choose;
  #key;
  #devices = new Set();
  #granted;

  /**
   * @param {EventTarget|undefined} real the browser's own
   * @param {Function} choose shows the in-page chooser
   * @param {string|undefined} key where in sessionStorage permissions are kept: per origin and tab, like one that does not
   *   outlive it; undefined when they are not kept
   */
  constructor(real, choose, key) {
    super();
    this.#real = real;
    this.#choose = choose;
    this.#key = key;
    this.#granted = new Set(key ? stored(key) : []);
    this.onconnect = null;
    this.ondisconnect = null;
    for (const type of ["connect", "disconnect"]) real?.addEventListener(type, (event) => this.#tell(type, event.device));
  }

  /** The virtual locks that are plugged in, granted or not. */
  get virtual() {
    return this.#devices.values();
  }

  async getDevices() {
    const real = (await this.#real?.getDevices()) ?? [];
    return [...this.#devices].filter((device) => this.#granted.has(device.serial)).concat(real);
  }

  /**
   * Asks the person as the browser would.
   * @param {object} options what requestDevice was given
   * @param {(device: object, filters: object[]) => boolean} fits
   * @returns {Promise<object|null|{real: Promise<unknown>}>} the device; null for none; or what the browser's own chooser gives
   */
  async choose(options, fits) {
    if (!Array.isArray(options?.filters)) throw new TypeError("Required member filters is undefined.");
    // As the browser: only for as long as a click counts.
    if (!navigator.userActivation?.isActive) {
      throw new DOMException("Must be handling a user gesture to show a permission request.", "SecurityError");
    }
    const fitting = () => [...this.#devices].filter((device) => fits(device, options.filters));
    const chosen = await this.#choose(fitting, Boolean(this.#real), this);
    if (chosen === "real") return { real: this.#real.requestDevice(options) };
    if (chosen) this.#grant(chosen);
    return chosen;
  }

  /** A lock was plugged in. Sites only hear of locks they may use. */
  plugged(device, granted) {
    this.#devices.add(device);
    if (granted) this.#grant(device);
    device.addEventListener("calock-unplug", () => {
      this.#devices.delete(device);
      this.#told("disconnect", device);
    }, { once: true });
    device.addEventListener("calock-forget", () => {
      this.#granted.delete(device.serial);
      this.#store();
    });
    this.#told("connect", device);
  }

  #told(type, device) {
    this.dispatchEvent(new Event("calock-change"));
    if (this.#granted.has(device.serial)) this.#tell(type, device);
  }

  #tell(type, device) {
    const event = Object.assign(new Event(type), { device });
    this.dispatchEvent(event);
    this[`on${type}`]?.call(this, event);
  }

  #grant(device) {
    this.#granted.add(device.serial);
    this.#store();
  }

  #store() {
    if (this.#key) sessionStorage.setItem(this.#key, JSON.stringify([...this.#granted]));
  }
}

/** Whether a filter's member is absent or is what the device has. */
export function equal(wanted, has) {
  return wanted === undefined || wanted === has;
}

function stored(key) {
  try {
    const list = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
