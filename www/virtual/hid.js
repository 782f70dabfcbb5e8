/**
 * `navigator.hid` with virtual locks in it.
 * @module
 */
import { Permitted, equal } from "./permitted.js";

export class VirtualHid extends Permitted {
  /**
   * @param {EventTarget|undefined} real the browser's own
   * @param {Function} choose shows the in-page chooser
   * @param {boolean} remember
   */
  constructor(real, choose, remember) {
    super(real, choose, remember ? "calock-virtual-granted" : undefined);
  }

  async requestDevice(options) {
    const chosen = await this.choose(options, fits);
    if (chosen?.real) return chosen.real;
    return chosen ? [chosen] : [];
  }
}

function fits(device, filters) {
  const [collection] = device.collections;
  return filters.length === 0 || filters.some(
    (filter) =>
      equal(filter.vendorId, device.vendorId) && equal(filter.productId, device.productId) &&
      equal(filter.usagePage, collection.usagePage) && equal(filter.usage, collection.usage),
  );
}
