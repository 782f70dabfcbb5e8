/**
 * A file on its way, in pieces (tus 1.0.0). How far it is says the portal, never this page; where it is stays in the browser's memory.
 * @module
 */
import { CalockError } from "../errors.js";
import { pause, send } from "./send.js";

/** Bytes of a piece. */
const PIECE = 4 << 20;
const VERSION = "1.0.0";

/** The portal has no such upload any more, though it was begun. */
export const GONE = new CalockError("NOT_FOUND", { phase: "verify" });

/** One upload. */
export class Upload {
  /** Whether its statement was posted. */
  stated = false;
  #all;
  #place;
  #file;
  #key;
  #options;
  #offset = 0;
  /** Some networks let only GET and POST through. */
  #instead = false;

  /**
   * @param {URL} all where uploads are announced
   * @param {File} file
   * @param {string} digest of the file: what it is known by, whatever it is called
   * @param {{csrf?: string, signal?: AbortSignal, onProgress?: (part: number) => void, onWait?: (seconds: number) => void}} options
   */
  constructor(all, file, digest, options) {
    this.#all = all;
    this.#file = file;
    this.#key = `calock-upload ${all} ${digest}`;
    this.#options = options;
  }

  /** Its name at the portal. */
  get name() {
    return this.#place?.split("/").at(-1);
  }

  /** Announces it, or finds what was sent before: bytes that are there; undefined for one that was there and is no more. */
  async begin() {
    const known = read(this.#key);
    if (!known) return this.create();
    this.#place = known.place;
    this.stated = known.stated;
    const reply = await this.#send("HEAD");
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw reply.error();
    return this.#at(reply);
  }

  /** Announces it. */
  async create() {
    const headers = { "upload-length": this.#file.size, "upload-metadata": `filename ${base64(this.#file.name)}` };
    this.#place = this.#all.href;
    const reply = await this.#send("POST", headers);
    if (reply.status !== 201) throw reply.error();
    const place = new URL(reply.text("location"), this.#all);
    // The session's mark is for nobody else.
    if (place.origin !== this.#all.origin) throw new CalockError("SUBMIT_FAILED");
    this.#place = place.href;
    this.remember(false);
    return (this.#offset = 0);
  }

  /**
   * Sends what is missing.
   * @throws {CalockError} GONE where the portal has forgotten it
   */
  async run() {
    let failures = 0;
    while (this.#offset < this.#file.size) {
      const before = this.#offset;
      const reply = await this.#piece();
      if (reply.status === 204) this.#at(reply);
      else if ([405, 501].includes(reply.status) && !this.#instead) this.#instead = true;
      else if (reply.status === 404) return this.#gone();
      else if (reply.passes || reply.status === 409) {
        await pause(failures, reply, this.#options);
        const told = await this.#send("HEAD");
        if (told.status === 404) return this.#gone();
        if (told.status !== 200) throw told.error();
        this.#at(told);
        failures += 1;
      } else throw reply.error();
      if (this.#offset > before) failures = 0;
    }
  }

  remember(stated) {
    this.stated = stated;
    write(this.#key, { place: this.#place, stated });
  }

  forget() {
    write(this.#key);
  }

  /** Has the portal forget it too. */
  async drop() {
    this.forget();
    await send("DELETE", this.#place, { headers: this.#headers() }).catch(() => {});
  }

  #gone() {
    this.forget();
    throw GONE;
  }

  #piece() {
    const from = this.#offset;
    const method = this.#instead ? "POST" : "PATCH";
    const headers = { "content-type": "application/offset+octet-stream", "upload-offset": from, "x-http-method-override": this.#instead ? "PATCH" : undefined };
    const told = (sent) => this.#options.onProgress?.((from + sent) / this.#file.size);
    const body = this.#file.slice(from, from + PIECE);
    return send(method, this.#place, { headers: this.#headers(headers), body, signal: this.#options.signal, onSent: told });
  }

  #at(reply) {
    const offset = reply.number("upload-offset");
    if (!(offset >= 0 && offset <= this.#file.size)) throw new CalockError("SUBMIT_FAILED");
    this.#options.onProgress?.(offset / this.#file.size);
    return (this.#offset = offset);
  }

  #send(method, headers) {
    return send.patiently(method, this.#place, { ...this.#options, headers: this.#headers(headers) });
  }

  #headers(more) {
    return { "tus-resumable": VERSION, "x-calock-csrf": this.#options.csrf, ...more };
  }
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // A browser without memory sends it whole the next time.
  }
}
