/**
 * Errors as pages see them: one class, chosen by `code`, never by a sentence.
 * @module
 */
import { languageOf, learn, sentences } from "./catalogue.js";

/** Codes that no second attempt cures; tools.js adds its own, and who throws another late one says it.
 * The rest of the one list (src/error.rs) is retriable. */
export const FINAL = new Set(
  ("NOT_SUPPORTED INSECURE_CONTEXT POLICY_BLOCKED WASM_BLOCKED_BY_CSP LOCK_UNKNOWN CERT_NOT_FOUND PIN_LOCKED " +
    "CERT_UNREADABLE CERT_EXPIRED CERT_NOT_YET CERT_USAGE KEY_UNSUPPORTED SIGNATURE_INVALID CHAIN_UNTRUSTED " +
    "CHAIN_INVALID CERT_REVOKED STATUS_UNREADABLE FORMAT_UNSUPPORTED ORIGIN_MISMATCH PURPOSE_MISMATCH ACCOUNT_MISMATCH PAYLOAD_MISMATCH " +
    "CHALLENGE_INVALID PARAMETER NOT_INITIALISED BAD_REQUEST TOO_LARGE FORBIDDEN_ORIGIN NOT_FOUND INTERNAL").split(" "),
);

/** The one kind of error that calock throws. Holds no PIN and nothing from a certificate, so it can be logged. */
export class CalockError extends Error {
  /**
   * @param {string} code
   * @param {{phase?: string, retriable?: boolean, triesLeft?: number|null, status?: number, detail?: string,
   *   texts?: Record<string, string>, cause?: unknown}} [more] `texts`: a backend's own sentence for a code of its own
   */
  constructor(code, more = {}) {
    super(code);
    this.name = "CalockError";
    this.code = code;
    this.phase = more.phase ?? undefined;
    this.retriable = more.retriable ?? !FINAL.has(code);
    this.triesLeft = more.triesLeft ?? undefined;
    this.status = more.status ?? undefined;
    this.detail = more.detail;
    this.texts = more.texts;
    if (more.cause !== undefined) this.cause = more.cause;
    if (more.detail) this.message += `: ${more.detail}`;
  }
}

/**
 * True for errors of this module, of the wasm inside it and of a second copy of it on the page.
 * @param {unknown} error
 */
export function isCalockError(error) {
  return error instanceof Error && error.name === "CalockError" && typeof error.code === "string";
}

/**
 * What happened and what to do, for a person.
 * @param {unknown} error
 * @param {string} [lang] a BCP 47 tag; English for `en…`, Chinese otherwise
 * @returns {{code: string, what: string, todo: string}}
 */
export function describe(error, lang = "zh-CN") {
  const known = isCalockError(error) ? error : { code: "INTERNAL" };
  const { code } = known;
  const language = languageOf(lang);
  const own = known.texts?.[language];
  const { codes, ui } = sentences(language) ?? notYet(language);
  const [what, todo] = codes[code] ?? (own ? [own, ""] : (codes.SUBMIT_FAILED ?? [inWords(code), ""]));
  return { code, what: what.replace("{n}", () => known.triesLeft ?? ui.some), todo };
}

/** The next sentence will be there; for this one the code must do. */
function notYet(language) {
  learn(language);
  return { codes: {}, ui: {} };
}

/** "PIN_WRONG" as "pin wrong (PIN_WRONG)": codes are English and short enough to be read. */
function inWords(code) {
  return `${code.toLowerCase().replaceAll("_", " ")} (${code})`;
}

/**
 * Any thrown value as a CalockError. Browser errors are told apart by their name, never by their message.
 * @param {unknown} error
 * @param {string} [code] the code when nothing else is known
 * @param {string} [phase]
 */
export function asCalockError(error, code = "INTERNAL", phase = undefined) {
  if (error instanceof CalockError) return error;
  if (isCalockError(error)) return new CalockError(error.code, { ...fields(error), cause: error });
  const name = error?.name;
  if (name === "AbortError") return new CalockError("ABORTED", { phase, cause: error });
  return new CalockError(code, { phase, detail: name, cause: error });
}

/** The wasm's errors carry their remark as the message. */
function fields({ code, message, phase, retriable, triesLeft, status, detail }) {
  const remark = message === code || message.startsWith(`${code}:`) ? undefined : message;
  return { phase, retriable, triesLeft, status, detail: detail ?? remark };
}

/**
 * Throws ABORTED when the signal has fired.
 * @param {AbortSignal} [signal]
 */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw new CalockError("ABORTED");
}

/**
 * Ends with the promise or, as ABORTED, with the signal: for browser calls that take no signal.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function abortable(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new CalockError("ABORTED"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
