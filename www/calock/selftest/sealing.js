/**
 * 签章检测: a seal is set on a test page with the lock, verified, and shown. The PIN that was typed for the signatures serves it too;
 * where the lock has forgotten it meanwhile, it is asked for again.
 * @module
 */
import { CalockError } from "../errors.js";
import { word } from "./words.js";

/** "Security status not satisfied": the lock does not hold the PIN for proven any more. */
const FORGOTTEN = 0x6982;

export async function sealing(test, step) {
  const able = test.containers.filter(({ usable, signing }) => usable && signing.certificate.algorithm === "SM2-SM3");
  // Electronic seals are signed with SM2 (GB/T 38540).
  if (able.length === 0) return step.note("SEAL_NEEDS_SM2");
  const container = able.find(({ product }) => !product || product.may.includes("seal"));
  if (!container) return step.note("NO_SEAL", { error: new CalockError("NO_SEAL") });
  if (!container.signs) return step.note("SEAL_SKIPPED");
  try {
    const { ok, code, sealInLock, picture } = await sealed(test, step, container);
    if (!ok) return step.fail(new CalockError(code));
    step.picture = picture;
    return step.pass("SEALED", { variant: sealInLock ? undefined : "made" });
  } catch (error) {
    if (error.code === "PIN_CANCELLED") return step.note("SEAL_SKIPPED");
    throw error;
  }
}

async function sealed(test, step, container) {
  const { sealTest } = await import("../seal.js");
  const { application, name, kind, signing } = container;
  const offered = [{ name, kind, bits: signing.bits, certificate: signing.certificate }];
  const pin = async (ask) => {
    step.wait("SIGN_WAITING");
    const answer = await test.ask((signal) => test.sign({ ...ask, containers: offered, triesMax: application.pin?.triesMax ?? null, signal }));
    step.begin();
    return answer;
  };
  const order = { pin, certificate: signing.certificate.fingerprint, title: word(step.language, "seal"), signal: test.signal };
  try {
    return await sealTest(test.tools, order);
  } catch (error) {
    if (error.status !== FORGOTTEN) throw error;
    test.keepPin(false);
    return sealTest(test.tools, order);
  }
}
