/**
 * A configuration descriptor as Chromium shows it (USB 2.0 section 9.6).
 * @module
 */
const TYPES = { interface: 4, endpoint: 5 };
const TRANSFERS = ["control", "isochronous", "bulk", "interrupt"];

/**
 * @param {Uint8Array} bytes
 * @returns {USBConfiguration}
 */
export function configurationOf(bytes) {
  const interfaces = [];
  let alternate;
  for (let at = 0; at + 1 < bytes.length && bytes[at] >= 2; at += bytes[at]) {
    const one = bytes.subarray(at, at + bytes[at]);
    if (one[1] === TYPES.interface) {
      const [, , interfaceNumber, alternateSetting, , interfaceClass, interfaceSubclass, interfaceProtocol] = one;
      alternate = { alternateSetting, interfaceClass, interfaceSubclass, interfaceProtocol, interfaceName: undefined, endpoints: [] };
      const known = interfaces.find((other) => other.interfaceNumber === interfaceNumber);
      if (known) known.alternates.push(alternate);
      else interfaces.push({ interfaceNumber, alternate, alternates: [alternate], claimed: false });
    } else if (one[1] === TYPES.endpoint) {
      const [, , address, attributes, low, high] = one;
      alternate.endpoints.push({
        endpointNumber: address & 0x0f,
        direction: address & 0x80 ? "in" : "out",
        type: TRANSFERS[attributes & 3],
        packetSize: ((high << 8) | low) & 0x7ff,
      });
    }
  }
  return { configurationValue: bytes[5], configurationName: undefined, interfaces };
}
