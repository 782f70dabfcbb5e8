/**
 * What the browser and the page allow, before any device: each question by itself, and all of them.
 * @module
 */
import { init, support } from "../functions.js";
import { policyAllows } from "../support.js";
import { note, ok, problem } from "./finding.js";

/** @returns {Promise<import("./finding.js").Finding[]>} */
export async function page() {
  const { secureContext, hid } = support();
  const findings = [context()];
  // An insecure page hides both interfaces, so nothing could be said of the browser.
  if (secureContext) {
    findings.push(interfaces());
    if (hid) findings.push(permission());
    const usb = usbNote();
    if (usb) findings.push(usb);
  }
  findings.push(await module());
  return findings;
}

/** Whether the page may use such interfaces at all. */
export function context() {
  return support().secureContext ? ok("SECURE_CONTEXT") : problem("INSECURE_CONTEXT");
}

/** Whether the browser has the interface for locks. */
export function interfaces() {
  return support().hid ? ok("WEBHID") : problem("NOT_SUPPORTED", { variant: browser() });
}

/** Whether a header or a frame forbids it. */
export function permission() {
  return support().policy ? ok("POLICY_ALLOWS") : problem("POLICY_BLOCKED", { variant: framed() ? "frame" : "header" });
}

/** What is to be said of the second interface, which few locks need. */
export function usbNote() {
  if (!globalThis.navigator.usb) return note("NO_WEBUSB");
  return policyAllows("usb") ? undefined : note("POLICY_BLOCKED", { variant: "usb" });
}

/** Whether the module runs. */
export async function module() {
  if (typeof WebAssembly === "undefined") return problem("NOT_SUPPORTED", { variant: "wasm" });
  const { reasons } = support();
  const blocked = reasons.find((code) => code.startsWith("WASM"));
  if (blocked) return problem(blocked);
  // Without an interface there is nothing that the module could talk to; it need not be fetched.
  if (reasons.length) return note("WASM_RUNS");
  try {
    await init();
    return ok("WASM_RUNS");
  } catch (error) {
    return problem(error.code);
  }
}

/** Only to choose the words; what works was found out by trying. */
function browser() {
  const { userAgent } = navigator;
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && navigator.maxTouchPoints > 1)) return "ios";
  if (/Android|HarmonyOS|Mobile/.test(userAgent)) return "phone";
  if (/Firefox\//.test(userAgent)) return "firefox";
  const chromium = /Chrom(?:e|ium)\/(\d+)/.exec(userAgent);
  if (chromium) return Number(chromium[1]) < 89 ? "old" : "chromium";
  return /Safari\//.test(userAgent) ? "safari" : "other";
}

function framed() {
  return globalThis.top !== globalThis.self;
}
