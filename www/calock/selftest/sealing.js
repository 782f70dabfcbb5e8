/**
 * 签章检测: a seal placed on a test page and shown.
 * @module
 */

export function sealing(test, step) {
  if (!test.place) return step.note("SEAL_UNAVAILABLE");
  return test.place({ test, step });
}
