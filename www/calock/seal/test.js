/**
 * 签章检测: a seal is set on a small document with the lock, and the result is verified.
 * @module
 */
import { CalockError } from "../errors.js";
import { PAGE, sampleDocument, samplePicture } from "./sample.js";

/** Millimetres. */
const SIZE = 42;

/** A seal whose maker is the lock itself: what is to be signed, and how it ends. */
async function testSeal({ looking, readSeal }, certificate, name, shown = name) {
  const picture = await samplePicture(shown, "测试专用", SIZE);
  const { unsigned, message } = await looking.call("testSeal", { certificate, name, picture, size: SIZE });
  return { message, finish: async (signature) => readSeal(await looking.call("signTestSeal", { unsigned, signature })) };
}

/** @param {{looking: import("../seal-engine.js").Engine, readSeal: Function}} parts of seal.js, where it is described */
export async function testSealOf(parts, tools, { certificate, name = "测试", pin, signal }) {
  let [made, seal] = [];
  const next = async (last) => {
    if (made) seal = await made.finish(last);
    else made = await testSeal(parts, last, name);
    return seal ? undefined : made.message;
  };
  await tools.seal({ certificate, next, pin, signal });
  return seal;
}

/** @param {object} parts of seal.js, where it is described */
export async function sealTest(parts, lock, { pin, certificate, title = "签章检测", onStep, signal } = {}) {
  if (typeof pin !== "function") throw new CalockError("PARAMETER", { detail: "pin is no function" });
  const { openDocument, sealsIn, signersIn } = parts;
  const tools = lock.readFile ? lock : await lock.tools();
  let sample;
  try {
    const signers = await signersIn(tools, { signal });
    const signer = signers.find(({ fingerprint, algorithm }) => (certificate ? fingerprint === certificate : algorithm === "SM2-SM3"));
    if (!signer) throw new CalockError("CERT_NOT_FOUND", { phase: "read" });
    const inLock = await sealsIn(tools, { signal });
    sample = await openDocument(sampleDocument(title), { signal });
    const placements = [{ pages: "1", x: PAGE.width - SIZE - 16, y: PAGE.height - SIZE - 14 }];
    let [der, own, seal, prepared, made, sealed] = [];
    const next = async (last) => {
      if (!der) {
        der = last;
        for (const one of inLock) if (!own && !(await one.refusal(der))) seal = own = one;
        // Without a seal in the lock, the lock makes one for the occasion: the first of two signatures under one PIN.
        made = own ? undefined : await testSeal(parts, der, title, signer.holder.name);
        if (made) return made.message;
      } else if (prepared) {
        sealed = await prepared.finish(last);
        return undefined;
      } else {
        seal = await made.finish(last);
      }
      prepared = await sample.prepare(seal, { certificate: der, placements }, { signal });
      return prepared.message;
    };
    await tools.seal({ certificate: signer.fingerprint, next, pin, onStep, signal });

    const result = await openDocument(sealed, { signal });
    const [report] = (await result.verify({ signal })).signatures;
    const places = await result.places(seal, placements);
    const content = await result.content(1);
    result.close();
    const { drawPage } = await import("../seal-view.js");
    const ok = Object.values(report.checks).every((check) => check !== "failed");
    const picture = drawPage({ size: PAGE, content, label: title, stamps: places.map((place) => ({ place, seal })) });
    return { ok, code: Object.values(report.codes)[0] ?? null, sealInLock: Boolean(own), sealsInLock: inLock.length, seal: seal.info, signer, report, file: sealed, picture };
  } finally {
    sample?.close();
    if (tools !== lock) await tools.close();
  }
}
