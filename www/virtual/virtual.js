/**
 * Virtual CA locks in a page: the real WebHID code talks to them through the same `navigator.hid`.
 * For demonstrations and tests only; calock.js never loads this file.
 * @module
 */
import { chooseDevice } from "./chooser.js";
import { VirtualHid } from "./hid.js";
import { VirtualDevice } from "./device.js";

let started;
/** @type {VirtualHid|undefined} */
let hid;

/**
 * Puts virtual locks beside the real ones behind `navigator.hid`. Works too where the browser has no WebHID.
 * @param {{remember?: boolean}} [options] `remember: false`: permissions are not kept in sessionStorage
 */
export function install({ remember = true } = {}) {
  if (hid) return hid;
  const real = navigator.hid;
  hid = new VirtualHid(real, chooseDevice, remember);
  Object.defineProperty(Navigator.prototype, "hid", { configurable: true, enumerable: true, get: () => hid });
  return hid;
}

/**
 * Plugs a lock in.
 * @param {string|object|URL|VirtualDevice} lock a lock file (`calock-lock:1`) as JSON text or object, its address, or
 *   the device of a lock that was unplugged: its tries left, its seals and the faults in wait are as they were then
 * @param {{granted?: boolean, latency?: number}} [options] `granted`: this site may use it without the chooser;
 *   `latency`: milliseconds until an answer, 0 by default
 * @returns {Promise<VirtualDevice>}
 */
export async function plug(lock, options = {}) {
  const list = install();
  // As in Chromium a lock that is plugged in again is a new device.
  const device = lock instanceof VirtualDevice ? lock.again() : await fromFile(lock);
  device.latency = options.latency ?? 0;
  list.plugged(device, options.granted === true);
  return device;
}

/**
 * Pulls a lock out. As in Chromium `opened` stays true and what is being sent never settles.
 * @param {VirtualDevice} device
 */
export function unplug(device) {
  device.unplug();
}

/** The virtual locks that are plugged in now. */
export function pluggedIn() {
  return hid ? [...hid.virtual] : [];
}

async function fromFile(lock) {
  let text = lock;
  if (lock instanceof URL || (typeof lock === "string" && !lock.trimStart().startsWith("{"))) {
    const response = await fetch(lock);
    if (!response.ok) throw new Error(`${lock}: HTTP ${response.status}`);
    text = await response.text();
  } else if (typeof lock !== "string") {
    text = JSON.stringify(lock);
  }
  const { VirtualLock } = await start();
  return new VirtualDevice(new VirtualLock(text));
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
