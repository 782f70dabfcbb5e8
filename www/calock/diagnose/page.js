/**
 * What the browser and the page allow, before any device.
 * @module
 */
import { init, support } from "../functions.js";
import { policyAllows } from "../support.js";
import { note, ok, problem } from "./finding.js";

/** @returns {Promise<import("./finding.js").Finding[]>} */
export async function page() {
  const { secureContext, hid, policy, reasons } = support();
  const findings = [];
  findings.push(secureContext ? ok("SECURE_CONTEXT") : problem("INSECURE_CONTEXT"));
  // An insecure page hides both interfaces, so nothing could be said of the browser.
  if (secureContext) {
    findings.push(hid ? ok("WEBHID") : problem("NOT_SUPPORTED", { variant: browser() }));
    if (hid) findings.push(policy ? ok("POLICY_ALLOWS") : problem("POLICY_BLOCKED", { variant: framed() ? "frame" : "header" }));
    if (!globalThis.navigator.usb) findings.push(note("NO_WEBUSB"));
    else if (!policyAllows("usb")) findings.push(note("POLICY_BLOCKED", { variant: "usb" }));
  }
  findings.push(await wasm(reasons));
  return findings;
}

async function wasm(reasons) {
  if (typeof WebAssembly === "undefined") return problem("NOT_SUPPORTED", { variant: "wasm" });
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
