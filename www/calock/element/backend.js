/**
 * The two requests to the portal: `POST challenge-url` and `POST submit-url`.
 * @module
 */
import { learnMore } from "../catalogue.js";
import { CalockError, abortable, asCalockError } from "../errors.js";

/** A portal that has not answered by then will not. */
const PATIENCE = 20_000;
/** A challenge this close to its end is not signed: the way to the portal takes time too. */
const MARGIN = 15_000;

/** A challenge and when it ends on this computer's own clock, which need not agree with the portal's. */
export class Challenge {
  constructor(values) {
    this.values = values;
    const life = Date.parse(values.expires) - Date.parse(values.time);
    this.ends = performance.now() + (life > 0 ? life : 60_000) - Math.min(MARGIN, life / 2 || 0);
  }

  get stale() {
    return performance.now() > this.ends;
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
export async function getChallenge(url, signal) {
  const values = await post(url, { purpose: "login", account: null, payload: null }, "CHALLENGE_FAILED", signal);
  if (typeof values?.nonce !== "string" || typeof values.time !== "string") throw new CalockError("CHALLENGE_INVALID");
  return new Challenge(values);
}

/**
 * @param {string} url
 * @param {object} signed
 * @param {AbortSignal} signal
 */
export function submit(url, signed, signal) {
  return post(url, signed, "SUBMIT_FAILED", signal);
}

/** Posts JSON and gives the answer's; `failure` is the code when the backend says none. */
export async function post(url, body, failure, signal) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  const abort = () => limit.abort();
  signal.addEventListener("abort", abort);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: limit.signal,
    });
    const answer = await response.json().catch(() => undefined);
    if (response.ok) return answer ?? {};
    // Sentences for what only a portal says are not loaded before it says it.
    await abortable(learnMore(), limit.signal).catch(() => {});
    throw refusal(answer, failure, response.status);
  } catch (error) {
    if (signal.aborted) throw new CalockError("ABORTED", { phase: "verify" });
    // A time limit of our own also ends in an AbortError; nobody cancelled, so it is not told as a cancel.
    throw error instanceof CalockError ? error : asCalockError({ name: limit.signal.aborted ? "Timeout" : error?.name }, failure, "verify");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** The portal's own code wins; its sentence is used when the catalogue has none for that code. What else it said stays at hand. */
function refusal(answer, failure, status) {
  const code = typeof answer?.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(answer.code) ? answer.code : failure;
  const texts = {};
  for (const language of ["zh", "en"]) {
    const text = answer?.message?.[language];
    if (typeof text === "string") texts[language] = text.slice(0, 300);
  }
  return Object.assign(new CalockError(code, { phase: "verify", detail: `HTTP ${status}`, texts }), { answer });
}
