/**
 * Requests that may be large or meet a broken network. By XMLHttpRequest, because only that tells how much of a body has gone.
 * @module
 */
import { CalockError } from "../errors.js";

/** Statuses that pass: no answer, too slow, too often, a portal that is being started again. */
const PASSING = new Set([0, 408, 429, 502, 503, 504]);
/** Seconds before each further try: five minutes in all. */
const WAITS = [0.5, 1, 2, 4, 8, 15, 30, 30, 30, 30, 30, 30, 30, 30, 30];

/**
 * @param {string} method
 * @param {string|URL} url
 * @param {{headers?: object, body?: Blob|string, patience?: number, signal?: AbortSignal, onSent?: (bytes: number) => void}} [options]
 * @returns {Promise<Reply>} also for a request without answer: status 0
 */
export function send(method, url, { headers = {}, body, patience = 90_000, signal, onSent } = {}) {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new CalockError("ABORTED", { phase: "verify" }));
    if (signal?.aborted) return aborted();
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "json";
    request.timeout = patience;
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) request.setRequestHeader(name, value);
    if (onSent) request.upload.onprogress = ({ loaded }) => onSent(loaded);
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort);
    request.onabort = aborted;
    request.onloadend = () => {
      signal?.removeEventListener("abort", abort);
      resolve(new Reply(request));
    };
    request.send(body);
  });
}

/** Tries again until there is an answer. `onWait` hears how many seconds are waited. */
send.patiently = async (method, url, options) => {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await send(method, url, options);
    if (!reply.passes) return reply;
    await pause(attempt, reply, options);
  }
};

/**
 * Waits before a further try; not when the network is back.
 * @throws {CalockError} what stood in the way, when it has been tried often enough
 */
export async function pause(attempt, reply, { signal, onWait } = {}) {
  const seconds = reply.retryAfter ?? WAITS[attempt];
  if (WAITS[attempt] === undefined) throw reply.error();
  onWait?.(seconds);
  await new Promise((resolve, reject) => {
    const end = (settle, value) => () => {
      clearTimeout(timer);
      globalThis.removeEventListener("online", online);
      signal?.removeEventListener("abort", abort);
      settle(value);
    };
    const online = end(resolve);
    const abort = end(reject, new CalockError("ABORTED", { phase: "verify" }));
    const timer = setTimeout(online, seconds * 1000);
    globalThis.addEventListener("online", online);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
  });
}

/** What came back. */
class Reply {
  #request;

  constructor(request) {
    this.#request = request;
    this.status = request.status;
    this.answer = request.response;
  }

  get passes() {
    return PASSING.has(this.status);
  }

  get retryAfter() {
    return this.answer?.retryAfter;
  }

  number(name) {
    return Number(this.#request.getResponseHeader(name) ?? NaN);
  }

  text(name) {
    return this.#request.getResponseHeader(name);
  }

  /** The portal's own code. */
  error() {
    const { code = "SUBMIT_FAILED", message } = this.answer ?? {};
    return Object.assign(new CalockError(code, { phase: "verify", texts: message, detail: `HTTP ${this.status}` }), { answer: this.answer });
  }
}
