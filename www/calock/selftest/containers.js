/**
 * The containers, one line each: a 颐信 lock has ECCASM2, ECCARSA1 and ECCARSA2, and one that fails is the issuer's business.
 * @module
 */
import { CalockError } from "../errors.js";

/** @typedef {{application: object, name: string, kind: string, signing: object, encryption: object}} Container */

export async function containers(test, step) {
  const report = await test.tools.info({ signal: test.signal });
  if (report.readOnly) throw new CalockError("LOCK_UNKNOWN");
  /** @type {Container[]} */
  test.containers = report.applications.flatMap((application) => application.containers.map((container) => ({ ...container, application })));
  for (const container of test.containers) look(container, step.line(container.name));
  const failing = step.lines.filter(({ state }) => state === "problem").length;
  if (step.lines.length === 0) throw new CalockError("CERT_NOT_FOUND");
  // What is to be said of the others is said: where one fails and the others do not, it is the lock and not the computer.
  step.goesOn = failing < step.lines.length;
  if (failing === 0) step.sum("CONTAINERS_READ", { values: { n: step.lines.length } });
  else step.sum("CONTAINERS_FAIL", { values: { n: failing, of: step.lines.length } });
}

function look({ kind, signing, encryption, fault, unfinished }, line) {
  line.reported = () => [kind, `signing ${signing.state} ${signing.bits}`, `encryption ${encryption.state} ${encryption.bits}`];
  if (fault) return line.problem("CONTAINER_REFUSED", { values: { n: fault.status?.toString(16).toUpperCase().padStart(4, "0") ?? fault.code } });
  if ([signing, encryption].some(({ state }) => state === "unreadable")) return line.problem("CONTAINER_UNREADABLE");
  if (unfinished) return line.note("CONTAINER_UNFINISHED");
  if (signing.bits || encryption.bits) line.brief = () => keys(kind, signing.bits || encryption.bits);
  const has = [signing, encryption].map(({ state }) => state === "certificate");
  if (has[0]) return line.pass(has[1] ? "CONTAINER_BOTH" : "CONTAINER_SIGNING");
  return line.note(has[1] ? "CONTAINER_ENCRYPTION" : "CONTAINER_EMPTY");
}

/** "SM2", "RSA 2048". */
export function keys(kind, bits) {
  return kind === "sm2" ? "SM2" : `RSA ${bits}`;
}
