/** What the site asks the portal: JSON, the session's token with everything that changes something, refusals by code. */
import { w, wordOf } from "/site/words.js";

/** A portal that has not answered by then will not. */
const PATIENCE = 20_000;
/** localStorage: somebody logged in here, so that it is worth asking who; a question in vain is an error on the console. */
const HINT = "site-session";

/** The portal said no. `code` is for choosing, `fields` are those that came with it. */
export class Refusal extends Error {
  constructor(code, { status, texts, ...fields } = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.texts = texts;
    this.fields = fields;
  }
}

/** The portal's own sentence for what it refused; undefined for what went wrong in this page. */
export function sentence(error) {
  if (error?.name !== "Refusal") return undefined;
  return error.texts ? wordOf(error.texts) : w(error.code === "NO_ANSWER" ? "noAnswer" : "badAnswer");
}

let csrf;
let portal;
let current;

/** The portal's rules, asked once a page. */
export const rules = () => (portal ??= call("GET", "/api/portal"));

/** Who is logged in: throws NOT_LOGGED_IN. */
export function session() {
  current ??= call("GET", "/api/session").then(
    (found) => {
      csrf = found.csrf;
      hint(true);
      return found;
    },
    (error) => {
      current = undefined;
      if (error.code === "NOT_LOGGED_IN") hint(false);
      throw error;
    },
  );
  return current;
}

/** Who is logged in, for pages that are there for everybody: null when nobody is. */
export async function maybeSession() {
  try {
    return localStorage.getItem(HINT) ? await session() : null;
  } catch {
    return null;
  }
}

/** Notes that somebody logged in or out: what was known about the session is known no longer. */
export function hint(there) {
  if (!there) current = csrf = undefined;
  try {
    if (there) localStorage.setItem(HINT, "1");
    else localStorage.removeItem(HINT);
  } catch {
    // Pages for everybody then show nobody.
  }
}

/** The session changed on the portal's side, as after a confirmed renewal. */
export function forget() {
  current = csrf = undefined;
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}, options) => call("POST", path, body, options);
/** A file as it is; `name` goes with it. */
export const put = (path, blob, name) => call("PUT", path, blob, name === undefined ? {} : { headers: { "x-calock-name": encodeURIComponent(name) } });
export const remove = (path, options) => call("DELETE", path, undefined, options);

async function call(method, path, body, { signal, headers: more } = {}) {
  const headers = { accept: "application/json", ...more };
  if (csrf && method !== "GET") headers["x-calock-csrf"] = csrf;
  if (body instanceof Blob) headers["content-type"] = body.type || "application/octet-stream";
  else if (body !== undefined) headers["content-type"] = "application/json";
  const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
  const limit = AbortSignal.timeout(body instanceof Blob ? 6 * PATIENCE : PATIENCE);
  let response;
  try {
    response = await fetch(path, {
      method, headers, body: sent, credentials: "same-origin", cache: "no-store", redirect: "error",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal("NO_ANSWER");
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  if (typeof answer?.code !== "string") throw new Refusal("BAD_ANSWER", { status: response.status });
  const { code, message, ...fields } = answer;
  throw new Refusal(code, { ...fields, status: response.status, texts: message });
}
