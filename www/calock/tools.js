/**
 * What a person does with a lock besides logging in: look into it, change its label and PIN, have a certificate made on it.
 * Fetched by `lock.tools()`, together with the module with everything in it.
 * @module
 */
import { languageOf, learn, learnMore } from "./catalogue.js";
import { post } from "./element/backend.js";
import { CalockError, FINAL, asCalockError, throwIfAborted } from "./errors.js";
import all from "./messages.tools.js";
import { full } from "./wasm.js";

const FINAL_HERE =
  "OPERATION_UNPROVEN DELIVERY_INVALID AUTHORISATION_USED AUTHORISATION_EXPIRED REQUEST_INVALID KEY_CERTIFIED".split(" ");
for (const code of FINAL_HERE) FINAL.add(code);

/**
 * The words of a page for lock management, by key; `{n}` is left in.
 * @param {string} [lang] English for `en…`, Chinese otherwise
 * @returns {Readonly<Record<string, string>>}
 */
export function words(lang = "zh-CN") {
  const language = languageOf(lang);
  // So that describe() has the sentences when they are asked for.
  learn(language);
  learnMore();
  return all[language];
}

/** Fetches what the tools need ahead of time, so that a click is still fresh when the chooser opens. */
export const ready = () => full().then(() => undefined);

/**
 * The digest of what is submitted, as a statement's `payload` has it: SM3 for an SM2 certificate, SHA-256 for others.
 * @param {Uint8Array} bytes
 * @param {{algorithm: string}} certificate the one that will sign
 * @returns {Promise<string>} hexadecimal digits
 */
export async function digest(bytes, { algorithm }) {
  if (algorithm === "SM2-SM3") return (await full()).sm3(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Opens a device in the module with everything in it.
 * @param {HIDDevice|USBDevice} device
 */
export async function open(device) {
  const module = await full();
  return new LockTools(device, module.connect(device, equipped(module.LockHandle)));
}

/** A lock's tools. Made by `lock.tools()`, never by hand. */
export class LockTools {
  #handle;
  #closed = false;
  #gone = ({ device }) => device === this.device && this.#lost();
  #hide = () => this.#end() && this.#handle.release();

  constructor(device, handle) {
    this.device = device;
    this.#handle = handle;
    this.profile = handle.profile;
    for (const api of buses()) api.addEventListener("disconnect", this.#gone);
    addEventListener("pagehide", this.#hide);
  }

  get closed() {
    return this.#closed;
  }

  /** @internal For what a login does as well: certificates, signatures. */
  get handle() {
    return this.#handle;
  }

  /** The last exchanges, one line each: instruction, lengths, status word; no data. For support. */
  journal() {
    return this.#handle.journal();
  }

  /** Everything that the lock tells without a PIN: see LockReport in index.d.ts. */
  info({ signal } = {}) {
    return this.#call("read", signal, (core, call) => core.inspect(call));
  }

  /** The containers of all applications, with both their certificates. */
  async containers(options) {
    return (await this.info(options)).applications.flatMap(({ containers }) => containers);
  }

  /** The files of all applications. */
  async files(options) {
    return (await this.info(options)).applications.flatMap(({ files }) => files);
  }

  /** @param {string} label 1 to 32 bytes of UTF-8 */
  setLabel(label, { signal } = {}) {
    if (typeof label !== "string") throw new CalockError("PARAMETER", { detail: "a label is text" });
    return this.#call("write", signal, (core, call) => core.setLabel(call, label));
  }

  /**
   * Changes the PIN.
   * @param {object} request `pin(ask)` answers `{old, new, lastTry?}`
   */
  changePin({ pin, onStep, signal } = {}) {
    return this.#call("pin", signal, (core, call) => core.changePin(call), { pin: asked(pin, both), step: guarded(onStep) });
  }

  /**
   * Has a certificate made on a blank lock (证书制作).
   * @param {object} request see Production in index.d.ts
   */
  async produce({ holder, pin, certify, resume, application, onStep, signal } = {}) {
    if (typeof holder?.name !== "string") throw new CalockError("PARAMETER", { detail: "holder.name is missing" });
    if (typeof certify !== "function") throw new CalockError("PARAMETER", { detail: "certify is no function" });
    const { name, adminPin, deviceKey } = application ?? {};
    const start = (core, call) => core.produce(
      call, holder.organisation ?? undefined, holder.name, resume === true, name, bytes(adminPin), bytes(deviceKey),
    );
    const ask = (request) => certify(request, signal ?? new AbortController().signal);
    const work = (told) => this.#call("write", signal, start, { pin: asked(pin), certify: told, step: guarded(onStep) });
    return telling(ask, "AUTHORITY_FAILED", "authority", work);
  }

  /**
   * A CA's counter over HTTP, for `produce()`: `POST url/orders` and `POST url/certificates`, as the reference portal has them.
   * @param {string} url
   * @param {string} code the authorisation code
   */
  authority(url, code) {
    return authority(url, code);
  }

  /** Clears away what an unfinished `produce()` left. */
  clearUnfinished({ pin, onStep, signal } = {}) {
    return this.#call("write", signal, (core, call) => core.clearUnfinished(call), { pin: asked(pin), step: guarded(onStep) });
  }

  /** The content of a file that everybody may read. */
  async readFile(name, { signal } = {}) {
    return bytesOf(await this.#call("read", signal, (core, call) => core.readFile(call, name)));
  }

  /**
   * Signs what documents are sealed with; seal.js makes it. `next(last)` takes the certificate (DER), then each signature, and gives the
   * next message, nothing at the end. What `statement.challenge()` gives then is signed with the same PIN and handed to `statement.take`.
   * @param {object} request see SealingRequest in index.d.ts
   */
  async seal({ certificate, next, statement, pin, onStep, signal } = {}) {
    if (typeof next !== "function") throw new CalockError("PARAMETER", { detail: "next is no function" });
    const { core } = this.#handle;
    const start = (handle, call) => handle.seal(call, certificate);
    const work = (message) => this.#call("sign", signal, start, { pin: asked(pin), message, step: guarded(onStep) });
    if (statement) core.keepPin(true);
    try {
      const count = await telling(next, "INTERNAL", "sign", work);
      const challenge = statement?.challenge();
      // The documents are sealed, whatever becomes of it.
      if (challenge) await this.statement({ certificate, challenge, pin, signal }).then(statement.take, () => {});
      return count;
    } finally {
      if (statement) core.keepPin(false);
    }
  }

  /** Signs the statement that a sealed document is posted by; `challenge` is of the purpose "seal". */
  statement({ certificate, challenge: { nonce, time, account, payload }, pin, onStep, signal }) {
    const start = (core, call) => core.login(call, "seal", nonce, time, account, payload, certificate);
    return this.#call("sign", signal, start, { pin: asked(pin), step: guarded(onStep) });
  }

  /** Writes down what is said to the lock from now on. PINs, random numbers and identities are masked as it is written. */
  record() {
    this.#handle.core.startRecording();
  }

  /** Ends the recording and gives it as a script (`# calock-script:1`); undefined when none was under way. Also after closing. */
  recording() {
    return this.#handle.core.stopRecording();
  }

  /** Leaves the lock as it was found. Never fails; afterwards ask for the lock again. */
  async close() {
    if (!this.#end()) return;
    try {
      await this.#handle.close();
    } catch {
      // A lock that was pulled out cannot be tidied up.
    }
  }

  #lost() {
    if (this.#end()) this.#handle.disconnected();
  }

  /** Whether this was the end. */
  #end() {
    const first = !this.#closed;
    this.#closed = true;
    for (const api of buses()) api.removeEventListener("disconnect", this.#gone);
    removeEventListener("pagehide", this.#hide);
    return first;
  }

  async #call(phase, signal, start, listeners) {
    throwIfAborted(signal);
    if (this.#closed) throw new CalockError("LOCK_CLOSED", { phase });
    try {
      return await this.#handle.call(signal, start, listeners);
    } catch (error) {
      throw asCalockError(error, "INTERNAL", phase);
    }
  }
}

function authority(url, code) {
  const ask = (path, body, signal = new AbortController().signal) => post(`${url}/${path}`, { code, ...body }, "AUTHORITY_FAILED", signal);
  return {
    /** Whose order it is. */
    order: ({ signal } = {}) => ask("orders", {}, signal),
    /** For `produce()`. */
    async certify(request, signal) {
      const { certificate, encryptionCertificate, envelopedKey } = await ask("certificates", { request: base64(request) }, signal);
      return { certificate, encryptionCertificate, envelopedKey };
    },
  };
}

/** The module knows the codes of its own list only; what `ask` fails with is told as it was. */
async function telling(ask, code, phase, work) {
  let refusal;
  const told = async (question) => {
    try {
      return await ask(question);
    } catch (error) {
      throw (refusal = asCalockError(error, code, phase));
    }
  };
  try {
    return await work(told);
  } catch (error) {
    throw error.code === "INTERNAL" && refusal ? refusal : error;
  }
}

function buses() {
  return [navigator.hid, navigator.usb].filter(Boolean);
}

/** The module's handles, with a host that can also ask a CA. */
function equipped(LockHandle) {
  const equip = (host) => {
    host.certify = (ticket, call, request) => {
      const asked = Promise.resolve(request.slice()).then(host.calls.get(call).certify).then(packed);
      host.answer(ticket, asked, "AUTHORITY_FAILED");
    };
    host.message = (ticket, call, last) => {
      host.answer(ticket, Promise.resolve(last.slice()).then(host.calls.get(call).message), "INTERNAL");
    };
    return host;
  };
  return {
    LockHandle: {
      find: (host, ...rest) => LockHandle.find(equip(host), ...rest),
      findUsb: (host, ...rest) => LockHandle.findUsb(equip(host), ...rest),
    },
  };
}

/** A delivery as the module takes it: each part behind its length. */
function packed({ certificate, encryptionCertificate, envelopedKey } = {}) {
  const parts = [certificate, encryptionCertificate, envelopedKey].map(bytesOf);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

/** Bytes, or base64 of them. */
function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  try {
    return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
  } catch {
    throw new CalockError("DELIVERY_INVALID");
  }
}

/** A page's answer to a PIN question, as the host takes it. */
function asked(pin, form = (answer) => answer) {
  if (typeof pin !== "function") throw new CalockError("PARAMETER", { detail: "pin is no function" });
  return async (ask) => form(await pin(ask));
}

/** Old and new PIN in one: a byte for the old one's length, the old one, the new one. */
function both(answer) {
  if (answer === null || answer === undefined) return null;
  const [old, next] = [answer.old, answer.new].map(bytes);
  if (!(old instanceof Uint8Array && next instanceof Uint8Array)) throw new CalockError("PARAMETER");
  const pin = new Uint8Array(1 + old.length + next.length);
  pin[0] = Math.min(old.length, 255);
  pin.set(old, 1);
  pin.set(next, 1 + old.length);
  old.fill(0);
  next.fill(0);
  return { pin, lastTry: answer.lastTry };
}

function bytes(value) {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}

function base64(data) {
  return btoa(String.fromCharCode(...data));
}

/** A listener's own mistake must not end the work. */
function guarded(onStep) {
  return (step) => {
    try {
      onStep?.(step);
    } catch (error) {
      globalThis.reportError?.(error);
    }
  };
}
