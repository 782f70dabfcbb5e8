/**
 * The devices that this site may use, and why none is there.
 * @module
 */
import { locks } from "../functions.js";
import { ALLOWED } from "../locks.js";
import { classesOf, collectionsOf, hidFinding, usbFinding } from "./classes.js";
import { note, problem } from "./finding.js";
import { models } from "./models.js";
import { busyHere, probe } from "./probe.js";

/** More locks than this nobody has in use; the rest is not looked at. */
const MOST = 4;

/**
 * @param {{signal?: AbortSignal, wait: number, after?: string, wanted: () => boolean, seen: object}} options
 * @returns {Promise<import("./finding.js").Finding[]>}
 */
export async function devices({ signal, wait, after, wanted, seen }) {
  let { hid, usb } = await granted();
  if (hid.length + usb.length === 0) {
    await connected(wait, signal);
    ({ hid, usb } = await granted());
  }
  seen.hid = hid.map((device) => ({ ...ids(device), collections: collectionsOf(device) }));
  seen.usb = usb.map((device) => ({ ...ids(device), classes: classesOf(device) }));
  if (hid.length + usb.length === 0) return none(after);

  const fitting = await known(signal);
  // Asked before the locks are closed again.
  const found = new Set([...hid, ...usb].filter((device) => locks.has(device)));
  const findings = [];
  if (fitting.length > 0 && (await busyHere())) findings.push(note("LOCK_BUSY", { variant: "here" }));
  else for (const lock of fitting.slice(0, MOST)) findings.push(...(await probe(lock, { signal, wanted, seen })));
  if (fitting.length > 1) findings.push(note("SEVERAL_LOCKS", { fact: String(fitting.length) }));
  // A lock may be granted through both doors; it is spoken to through one, and behind the other is no second device.
  const same = (one, other) => one.vendorId === other.vendorId && one.productId === other.productId;
  const other = (device) => ![...found].some((lock) => lock === device || same(lock, device));
  const [strangeHid, strangeUsb] = [hid.filter(other), usb.filter(other)];
  if (strangeHid.length + strangeUsb.length === 0) return findings;
  const about = await models();
  for (const device of strangeHid) findings.push(hidFinding(device, about(device)));
  for (const device of strangeUsb) findings.push(await usbFinding(device, about(device)));
  return findings;
}

/** What the site was given and what is plugged in now. Each interface may refuse on its own. */
async function granted() {
  const list = async (bus) => {
    try {
      return bus ? await bus.getDevices() : [];
    } catch {
      return [];
    }
  };
  const [hid, usb] = await Promise.all([list(navigator.hid), list(navigator.usb)]);
  return { hid, usb };
}

async function known(signal) {
  try {
    return await locks.known({ signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    return [];
  }
}

/** Somebody may be plugging it in right now. The browser tells only of devices that the site may use. */
function connected(wait, signal) {
  const buses = [navigator.hid, navigator.usb].filter(Boolean);
  return new Promise((resolve) => {
    const timer = setTimeout(done, wait);
    function done() {
      clearTimeout(timer);
      for (const bus of buses) bus.removeEventListener("connect", done);
      resolve();
    }
    for (const bus of buses) bus.addEventListener("connect", done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** Nothing is listed. The browser keeps to itself what is plugged in, so the causes are told in the order of their likelihood. */
function none(after) {
  const findings = [];
  if (after === "CHOOSER_CANCELLED") findings.push(problem("CHOOSER_CANCELLED"));
  else findings.push(problem(remembered() ? "PERMISSION_LOST" : "LOCK_NOT_FOUND"));
  return [...findings, note("PROTECTED_CLASS", { variant: "unseen" }), note("LOCK_HIDDEN", { variant: "unseen" })];
}

function ids({ vendorId, productId }) {
  return { vendorId, productId };
}

function remembered() {
  try {
    return localStorage.getItem(ALLOWED) !== null;
  } catch {
    return false;
  }
}
