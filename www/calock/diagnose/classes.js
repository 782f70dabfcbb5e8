/**
 * Devices that this site was given and that are no lock it can talk to: what can be told from how they show themselves.
 * @module
 */
import { isProtected } from "../usb-face.js";
import { note, problem } from "./finding.js";
import { hex } from "./models.js";

/** What locks are sold as, of the classes that no page may claim. A reader that is a disk as well is told as a reader. */
const KINDS = [[0x0b, "card"], [0x08, "storage"], [0x03, "hid"]];
const VENDOR_CLASS = 0xff;
/** Usage pages of everyday devices; Chromium keeps the FIDO page F1D0 to itself, so that it is never seen here. */
const EVERYDAY = new Set([0x01, 0x02, 0x07, 0x0c, 0x0d]);

/** "FFA0:0001" of each collection. */
export function collectionsOf({ collections }) {
  return collections.map(({ usagePage, usage }) => `${hex(usagePage)}:${hex(usage)}`);
}

/** The class of each interface, alternates included. */
export function classesOf({ configurations }) {
  const interfaces = configurations.flatMap((configuration) => configuration.interfaces);
  return interfaces.flatMap(({ alternates }) => alternates.map(({ interfaceClass }) => interfaceClass));
}

/**
 * @param {object} device a HIDDevice that fits no profile
 * @param {{name: string|object, reach?: string}} about see models.js
 */
export function hidFinding(device, { name, reach }) {
  if (reach === "hidden") return problem("LOCK_HIDDEN", { fact: name });
  const vendors = device.collections.filter(({ usagePage }) => usagePage >= 0xff00 && usagePage !== 0xf1d0);
  if (vendors.length > 0) return problem("LOCK_UNKNOWN", { variant: "hid", fact: name });
  const everyday = device.collections.length > 0 && device.collections.every(({ usagePage }) => EVERYDAY.has(usagePage));
  // What is left of a security key when the browser has hidden its own part of it.
  return everyday ? note("NO_LOCK", { fact: name }) : problem("LOCK_HIDDEN", { fact: name });
}

/**
 * @param {object} device a USBDevice that fits no profile
 * @param {{name: string|object}} about see models.js
 */
export async function usbFinding(device, { name: fact }) {
  const classes = classesOf(device);
  if (!classes.includes(VENDOR_CLASS)) {
    const [, kind] = KINDS.find(([one]) => classes.includes(one)) ?? [];
    return isProtected(device) ? problem("PROTECTED_CLASS", { variant: kind ?? "other", fact }) : note("NO_LOCK", { fact });
  }
  return (await opens(device)) ? problem("LOCK_UNKNOWN", { variant: "usb", fact }) : problem("DRIVER_DENIED", { variant: system(), fact });
}

/** Opening sends the device nothing that it would notice. False only when the system says no. */
async function opens(device) {
  if (device.opened) return true;
  try {
    await device.open();
    await device.close();
    return true;
  } catch (error) {
    return error.name !== "SecurityError";
  }
}

/** Which words help: the driver is a matter of Windows, the rules of udev one of Linux. */
export function system() {
  const { userAgent } = navigator;
  return /Windows/.test(userAgent) ? "windows" : /Linux/.test(userAgent) ? "linux" : "other";
}
