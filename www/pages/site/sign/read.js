/** What is plugged in, and which certificates could sign. */
import { CalockError, locks } from "/calock/api.js";

/**
 * Reads the locks that this site may use.
 * @param {AbortSignal} signal
 * @param {(certificate: object) => Node|string|undefined} refuse why a certificate is not the wanted one
 * @returns {Promise<{lock: object, certificate?: object, complaint?: Node|string, error?: Error}[]>} one for each certificate
 *   that signs; one with `error` for a lock that cannot be read or has none
 */
export async function readLocks(signal, refuse) {
  const found = [];
  for (const lock of await locks.known({ signal })) {
    try {
      const all = await lock.certificates({ signal });
      const signing = all.filter(({ usage }) => usage !== "encryption");
      if (signing.length === 0) throw new CalockError(all.length ? "CERT_USAGE" : "CERT_NOT_FOUND", { phase: "read" });
      found.push(...signing.map((certificate) => choice(lock, certificate, refuse)));
    } catch (error) {
      if (signal.aborted) throw error;
      found.push({ lock, error });
    }
  }
  return found;
}

function choice(lock, certificate, refuse) {
  const code = { expired: "CERT_EXPIRED", "not-yet": "CERT_NOT_YET" }[certificate.state];
  if (code) return { lock, certificate, error: new CalockError(code, { phase: "read" }) };
  return { lock, certificate, complaint: refuse(certificate) };
}

/** Lets all of them go, so that other pages can have them. */
export const letGo = (found) => Promise.all(found.map(({ lock }) => lock.close()));
