/**
 * Browser, context, policy and module: the questions of diagnose(), one step each.
 * @module
 */
import { context as secure, interfaces, module as wasm, permission } from "../diagnose/page.js";
import { support } from "../functions.js";

export function browser(_, step) {
  // An insecure page hides the interface, so nothing could be said of the browser: the next step says why.
  if (!support().secureContext) return step.note("BROWSER_UNSEEN", { values: { n: browserName() } });
  const found = interfaces();
  return found.level === "ok" ? step.pass("BROWSER", { values: { n: browserName() } }) : step.found(found);
}

export function context(_, step) {
  step.found(secure());
}

export function policy(_, step) {
  step.found(permission());
}

export async function module(_, step) {
  step.found(await wasm());
}

/** "Microsoft Edge 140": for people. What the browser can do was found out by trying. */
export function browserName() {
  const brands = (navigator.userAgentData?.brands ?? []).filter(({ brand }) => !/not.?a.?brand/i.test(brand));
  const { brand, version } = brands.find((one) => one.brand !== "Chromium") ?? brands[0] ?? {};
  if (brand) return `${brand} ${version}`;
  const [, name, number] = /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/.exec(navigator.userAgent) ?? [];
  return name ? `${{ Edg: "Edge", OPR: "Opera", Version: "Safari" }[name] ?? name} ${number}` : "";
}
