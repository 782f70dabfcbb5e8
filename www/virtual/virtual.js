/**
 * Virtual CA locks in a page: the real code talks to them through the same `navigator.hid` and `navigator.usb`.
 * For demonstrations and tests only; calock.js never loads this file.
 * @module
 */
import { Cabled } from "./cabled.js";
import { chooseDevice } from "./chooser.js";
import { VirtualHid } from "./hid.js";
import { VirtualDevice } from "./device.js";
import { VirtualUsb } from "./usb.js";
import { VirtualUsbDevice, silent } from "./usb-device.js";

let started;
/** @type {VirtualHid|undefined} */
let hid;
/** @type {VirtualUsb|undefined} */
let usb;

/**
 * Puts virtual locks beside the real ones behind `navigator.hid` and `navigator.usb`. Works too where the browser has neither.
 * @param {{remember?: boolean}} [options] `remember: false`: permissions are not kept in sessionStorage
 */
export function install({ remember = true } = {}) {
  if (hid) return hid;
  const real = navigator.hid;
  hid = new VirtualHid(real, chooseDevice, remember);
  usb = new VirtualUsb(navigator.usb, chooseDevice, remember);
  Object.defineProperty(Navigator.prototype, "hid", { configurable: true, enumerable: true, get: () => hid });
  Object.defineProperty(Navigator.prototype, "usb", { configurable: true, enumerable: true, get: () => usb });
  // For pages that listen to what was there before.
  dispatchEvent(new Event("calock-virtual"));
  return hid;
}

/**
 * Plugs a lock in.
 * @param {string|object|URL|VirtualDevice|VirtualUsbDevice} lock a lock file (`calock-lock:1`) as JSON text or object, a script as text, its
 *   address, or the device of a lock that was unplugged: its tries left, its seals and the faults in wait are as they were then
 * @param {{granted?: boolean, latency?: number, face?: "hid"|"usb", configuration?: Uint8Array, denied?: boolean}} [options]
 *   `granted`: this site may use it without the chooser; `latency`: milliseconds until an answer, 0 by default; `face`: how it
 *   shows itself, "hid" by default; for USB, `configuration`: another configuration descriptor than its own, and `denied`: the
 *   system does not let a browser open it
 * @returns {Promise<VirtualDevice|VirtualUsbDevice>}
 */
export async function plug(lock, options = {}) {
  install();
  // As in Chromium a lock that is plugged in again is a new device.
  return insert(lock instanceof Cabled ? lock.again() : await fromFile(lock, options), options);
}

/**
 * Plugs in something on USB that is no lock, or none that a page reaches.
 * @param {{vendorId: number, productId: number, productName: string, serialNumber?: string, configuration: Uint8Array}} about
 * @param {{granted?: boolean, denied?: boolean}} [options]
 * @returns {VirtualUsbDevice}
 */
export function plugOther(about, options = {}) {
  install();
  return insert(new VirtualUsbDevice(silent(about), options), options);
}

function insert(device, { latency = 0, granted = false }) {
  device.latency = latency;
  (device instanceof VirtualUsbDevice ? usb : hid).plugged(device, granted);
  return device;
}

/**
 * Pulls a lock out. As in Chromium a HIDDevice's `opened` stays true and what is being sent never settles.
 * @param {VirtualDevice|VirtualUsbDevice} device
 */
export function unplug(device) {
  device.unplug();
}

/** The virtual locks that are plugged in now. */
export function pluggedIn() {
  return hid ? [...hid.virtual, ...usb.virtual] : [];
}

async function fromFile(lock, options) {
  let text = lock;
  if (lock instanceof URL || (typeof lock === "string" && !/^\s*[{#]/.test(lock))) {
    const response = await fetch(lock);
    if (!response.ok) throw new Error(`${lock}: HTTP ${response.status}`);
    text = await response.text();
  } else if (typeof lock !== "string") {
    text = JSON.stringify(lock);
  }
  const { VirtualLock } = await start();
  return options.face === "usb" ? new VirtualUsbDevice(new VirtualLock(text, true), options) : new VirtualDevice(new VirtualLock(text));
}

/**
 * Makes a lock file from a description (holder, codes, kind, dates); SM2 only in a page.
 * @param {object} description see `calock lock new`
 * @returns {Promise<string>}
 */
export async function describeLock(description) {
  const { VirtualLock } = await start();
  return VirtualLock.describe(JSON.stringify(description));
}

function start() {
  started ??= import("./calock_virtual.js").then(async (glue) => {
    await glue.default({ module_or_path: new URL("./calock_virtual_bg.wasm", import.meta.url) });
    return glue;
  });
  return started;
}
