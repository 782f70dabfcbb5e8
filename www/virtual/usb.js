/**
 * `navigator.usb` with virtual locks in it.
 * @module
 */
import { Permitted, equal } from "./permitted.js";

export class VirtualUsb extends Permitted {
  /**
   * @param {EventTarget|undefined} real the browser's own
   * @param {Function} choose shows the in-page chooser
   * @param {boolean} remember
   */
  constructor(real, choose, remember) {
    super(real, choose, remember ? "calock-virtual-granted-usb" : undefined);
  }

  /** In no order, as Chromium: a page that takes the first one learns it soon. */
  async getDevices() {
    const devices = await super.getDevices();
    for (let at = devices.length - 1; at > 0; at -= 1) {
      const other = Math.floor(Math.random() * (at + 1));
      [devices[at], devices[other]] = [devices[other], devices[at]];
    }
    return devices;
  }

  async requestDevice(options) {
    const chosen = await this.choose(options, fits);
    if (chosen?.real) return chosen.real;
    if (!chosen) throw new DOMException("No device selected.", "NotFoundError");
    return chosen;
  }
}

/** A class may be the device's or that of any of its interfaces. */
function fits(device, filters) {
  const classes = device.configurations.flatMap(({ interfaces }) => interfaces.flatMap(({ alternates }) => alternates));
  return filters.length === 0 || filters.some(
    ({ vendorId, productId, classCode, subclassCode, protocolCode, serialNumber }) =>
      equal(vendorId, device.vendorId) && equal(productId, device.productId) && equal(serialNumber, device.serialNumber) &&
      [{ interfaceClass: device.deviceClass, interfaceSubclass: device.deviceSubclass, interfaceProtocol: device.deviceProtocol }, ...classes].some(
        (one) => equal(classCode, one.interfaceClass) && equal(subclassCode, one.interfaceSubclass) && equal(protocolCode, one.interfaceProtocol),
      ),
  );
}
