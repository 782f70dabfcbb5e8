/**
 * What this browser and this page can do, found by trying features, never by the browser's name.
 * @module
 */

/**
 * @returns {{ok: boolean, hid: boolean, wasm: boolean, secureContext: boolean, policy: boolean, reasons: string[]}}
 *   `reasons` are the codes of what is missing, the most telling first
 */
export function support() {
  const reasons = supportReasons();
  return {
    ok: reasons.length === 0,
    hid: hasHid(),
    wasm: wasmRuns(),
    secureContext: globalThis.isSecureContext === true,
    policy: policyAllows(),
    reasons,
  };
}

/** @returns {string[]} */
export function supportReasons() {
  const reasons = [];
  // An insecure page hides navigator.hid as well; naming the cause helps, naming the consequence does not.
  if (globalThis.isSecureContext === false) reasons.push("INSECURE_CONTEXT");
  else if (!hasHid()) reasons.push("NOT_SUPPORTED");
  else if (!policyAllows()) reasons.push("POLICY_BLOCKED");
  if (typeof WebAssembly === "undefined") reasons.push("NOT_SUPPORTED");
  else if (!wasmRuns()) reasons.push("WASM_BLOCKED_BY_CSP");
  return reasons;
}

/** Whether a header or a frame without `allow="hid"` forbids WebHID, or WebUSB; true when the browser cannot say. */
export function policyAllows(feature = "hid") {
  const policy = globalThis.document?.permissionsPolicy ?? globalThis.document?.featurePolicy;
  if (!policy?.features().includes(feature)) return true;
  return policy.allowsFeature(feature);
}

function hasHid() {
  return Boolean(globalThis.navigator?.hid);
}

let runs;

/** The empty module is always valid, so that only a content security policy can refuse it. */
function wasmRuns() {
  try {
    runs ??= Boolean(new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  } catch {
    return false;
  }
  return runs;
}
