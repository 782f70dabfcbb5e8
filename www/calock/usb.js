/**
 * Locks that only the module with everything in it knows: those on USB, and HID models that are in no light module.
 * @module
 */
import * as module from "./calock_full.js";
import { CalockError, abortable } from "./errors.js";
import { Handle, hidHandle } from "./handle.js";
import { chooserError, matches } from "./locks.js";
import { isProtected, pickFace } from "./usb-face.js";
import { UsbHost } from "./usb-host.js";

/** Smart card readers, which no page may use: shown in the chooser all the same, so that whoever picks one hears why. */
const READERS = { classCode: 0x0b };

/**
 * Lets the person pick a lock in the chooser of WebUSB.
 * @param {import("./locks.js").LockList} list
 * @param {AbortSignal} [signal]
 */
export async function requestUsb(list, signal) {
  const { usb } = globalThis.navigator;
  if (!usb) throw new CalockError(globalThis.isSecureContext === false ? "INSECURE_CONTEXT" : "NOT_SUPPORTED", { phase: "choose" });
  list.watch();
  let device;
  try {
    device = await abortable(usb.requestDevice({ filters: [...usbFilters(), READERS] }), signal);
  } catch (error) {
    throw error?.name === "NotFoundError" ? new CalockError("CHOOSER_CANCELLED", { phase: "choose" }) : chooserError(error, "usb");
  }
  return list.adopt(device, usbHandle);
}

/**
 * The lock behind a device; undefined when it is none. Asks the device nothing.
 * @param {import("./locks.js").LockList} list
 * @param {HIDDevice|USBDevice} device
 */
export function find(list, device) {
  if (device.collections) return matches(device, JSON.parse(module.filters())) ? list.adopt(device, hidHandle, module) : undefined;
  return pickFace(device) && matches(device, usbFilters()) ? list.adopt(device, usbHandle) : undefined;
}

function usbFilters() {
  return JSON.parse(module.usbFilters());
}

/**
 * A handle of any device, with the module's own LockHandle or one that stands for it.
 * @param {HIDDevice|USBDevice} device
 * @param {{LockHandle: object}} given
 */
export function connect(device, given) {
  return device.collections ? hidHandle(device, given) : usbHandle(device, given);
}

/** What is protected is told first: it is the reason that no other lock of its kind will do either. */
function usbHandle(device, { LockHandle } = module) {
  const face = pickFace(device);
  if (!face) throw new CalockError(isProtected(device) ? "PROTECTED_CLASS" : "LOCK_UNKNOWN", { phase: "choose", retriable: false });
  const host = new UsbHost(device, face);
  return new Handle(host, LockHandle.findUsb(host, device.vendorId, device.productId));
}
