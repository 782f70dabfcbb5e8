/**
 * `navigator.hid` with virtual locks in it: permissions, events and the chooser as the browser has them.
 * @module
 */

/** sessionStorage: the serial numbers this site may use. Per origin and tab, like a permission that does not outlive it. */
const KEY = "calock-virtual-granted";

export class VirtualHid extends EventTarget {
  #real;
  #choose;
  #remember;
  #devices = new Set();
  #granted;

  /**
   * @param {EventTarget|undefined} real the browser's own
   * @param {Function} choose shows the in-page chooser
   * @param {boolean} remember
   */
  constructor(real, choose, remember) {
    super();
    this.#real = real;
    this.#choose = choose;
    this.#remember = remember;
    this.#granted = new Set(remember ? stored() : []);
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

  async requestDevice(options) {
    if (!Array.isArray(options?.filters)) throw new TypeError("Required member filters is undefined.");
    // As the browser: only for as long as a click counts.
    if (!navigator.userActivation?.isActive) {
      throw new DOMException("Must be handling a user gesture to show a permission request.", "SecurityError");
    }
    const fitting = () => [...this.#devices].filter((device) => fits(device, options.filters));
    const chosen = await this.#choose(fitting, Boolean(this.#real), this);
    if (chosen === "real") return this.#real.requestDevice(options);
    if (!chosen) return [];
    this.#grant(chosen);
    return [chosen];
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
    if (this.#remember) sessionStorage.setItem(KEY, JSON.stringify([...this.#granted]));
  }
}

function stored() {
  try {
    const list = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function fits(device, filters) {
  const equal = (wanted, has) => wanted === undefined || wanted === has;
  const [collection] = device.collections;
  return filters.length === 0 || filters.some(
    (filter) =>
      equal(filter.vendorId, device.vendorId) && equal(filter.productId, device.productId) &&
      equal(filter.usagePage, collection.usagePage) && equal(filter.usage, collection.usage),
  );
}
