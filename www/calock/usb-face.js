/**
 * Which interface of a USB device can be a lock's, by its descriptors alone. Pure.
 * @module
 */

/** Classes that no page may claim (WebUSB 7.5): audio, HID, mass storage, smart card, video, audio/video, wireless. */
const PROTECTED = new Set([0x01, 0x03, 0x08, 0x0b, 0x0e, 0x10, 0xe0]);
const VENDOR_SPECIFIC = 0xff;

/**
 * @typedef {object} Face
 * @property {number} configuration its bConfigurationValue
 * @property {number} index its place among the device's configurations
 * @property {number} number bInterfaceNumber
 * @property {number} alternate bAlternateSetting
 * @property {USBEndpoint} input
 * @property {USBEndpoint} output
 */

/**
 * The first vendor-class interface with a bulk endpoint each way, none of whose alternates is protected.
 * @param {USBDevice} device
 * @returns {Face|undefined}
 */
export function pickFace(device) {
  for (const [index, { configurationValue, interfaces }] of device.configurations.entries()) {
    for (const { interfaceNumber, alternates } of interfaces) {
      if (alternates.some(isProtectedClass)) continue;
      for (const { alternateSetting, interfaceClass, endpoints } of alternates) {
        const bulk = (direction) => endpoints.find((one) => one.type === "bulk" && one.direction === direction);
        const [input, output] = [bulk("in"), bulk("out")];
        if (interfaceClass === VENDOR_SPECIFIC && input && output) {
          return { configuration: configurationValue, index, number: interfaceNumber, alternate: alternateSetting, input, output };
        }
      }
    }
  }
  return undefined;
}

/** Whether a device has an interface that browsers keep pages from. */
export function isProtected(device) {
  return device.configurations.some(({ interfaces }) => interfaces.some(({ alternates }) => alternates.some(isProtectedClass)));
}

function isProtectedClass({ interfaceClass }) {
  return PROTECTED.has(interfaceClass);
}
