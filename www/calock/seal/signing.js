/**
 * Sealing with a lock: any number of seals and places, one PIN.
 * @module
 */
import { CalockError } from "../errors.js";
import { openDocument, readSeal } from "./document.js";

/** What a lock's files are called that may be seals. The virtual lock's is seal.esl. */
const SEAL_NAME = /\.esl$|seal|印章/i;

/** Keys that a PDF is sealed with. An OFD document is with the first alone (GB/T 38540): others end with KEY_UNSUPPORTED. */
const ALGORITHMS = ["SM2-SM3", "RS256", "ES256"];

/**
 * The certificates in a lock that can seal now.
 * @param {import("../tools.js").LockTools} tools
 */
export async function signersIn(tools, { signal } = {}) {
  const found = await tools.handle.call(signal, (core, call) => core.certificates(call));
  return found.filter((one) => ALGORITHMS.includes(one?.algorithm) && one.state === "ok" && one.usage !== "encryption");
}

/**
 * The seals that lie in a lock; files that are none are passed over.
 * @param {import("../tools.js").LockTools} tools
 * @returns {Promise<import("./document.js").Seal[]>}
 */
export async function sealsIn(tools, options) {
  const seals = [];
  for (const { name } of await files(tools, options)) {
    if (!SEAL_NAME.test(name)) continue;
    try {
      seals.push(await readSeal(await tools.readFile(name, options)));
    } catch (error) {
      if (!["SEAL_UNREADABLE", "LOCK_STATUS", "PARAMETER"].includes(error.code)) throw error;
    }
  }
  return seals;
}

/** A PIV card has none. */
async function files(tools, options) {
  try {
    return await tools.files(options);
  } catch (error) {
    if (error.code === "OPERATION_UNPROVEN") return [];
    throw error;
  }
}

/**
 * Seals a document with a lock.
 * @param {import("./document.js").SealDocument} document
 * @param {object} order see SealOrder in index.d.ts
 * @returns {Promise<File>} the sealed document: slices of the original and what is new
 */
export async function seal(document, { tools, certificate, stamps, pictures = [], lock = false, statement, pin, onStep, onProgress, signal }) {
  if (!stamps?.length) throw new CalockError("PLACEMENT_INVALID");
  let [index, current, der, prepared, challenge] = [0, document];
  const close = () => current !== document && current.close();
  const next = async (last) => {
    if (der) {
      const file = await prepared.finish(last);
      close();
      current = await openDocument(file, { signal });
      index += 1;
    } else {
      der = last;
      // Everything that can be wrong is, before the PIN is asked.
      for (const { seal: one, placements = [], field } of stamps) {
        const code = await one.refusal(der);
        if (code) throw new CalockError(code);
        await document.places(one, field ? [{ field }, ...placements] : placements);
      }
    }
    if (index === stamps.length) {
      // While the lock still has the PIN: who posts the document need not type it again.
      challenge = await statement?.ask(current).catch(() => {});
      return undefined;
    }
    const { seal: one, placements, field } = stamps[index];
    const told = (part) => onProgress?.((index + part) / stamps.length);
    // Only the last one may forbid further seals.
    const final = index === stamps.length - 1;
    const order = { certificate: der, placements, field, lock: lock && final };
    // Handwriting goes in with the first seal: in OFD that covers all of the document.
    if (index === 0) order.pictures = pictures;
    prepared = await current.prepare(one, order, { signal, onProgress: told });
    told(1);
    return prepared.message;
  };
  try {
    const last = statement && { challenge: () => challenge, take: statement.take };
    await tools.seal({ certificate, next, statement: last, pin, onStep, signal });
    return current.file;
  } finally {
    close();
  }
}
