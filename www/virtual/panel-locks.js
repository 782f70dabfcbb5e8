/**
 * The testers' desk: which locks lie on it and which are plugged in. Knows nothing of how it looks.
 * @module
 */
import { describeLock, install, plug, unplug } from "./virtual.js";

/** sessionStorage: the names of the offered locks that are plugged in; they stay in when the page is loaded again, as on a desk. */
const STORE = "calock-demo-plugged";
/** The same before a lock's name: what was changed in it by this tab, such as a certificate that was made on it. */
const CHANGED = "calock-demo-lock:";
/** Milliseconds for an answer, about as long as hardware takes. */
const LATENCY = 12;

/** A lock on the desk. Tells "change" when it was plugged in or out, and when an exchange or a fault changed what it shows. */
export class DeskLock extends EventTarget {
  /** The device of the last time it was plugged in. */
  device;
  /** The PIN in its file, for testers; undefined before the file was read, and for files without one. */
  pin;
  #text;
  #place;
  #changed = () => this.dispatchEvent(new Event("change"));

  /**
   * @param {string} title
   * @param {{name?: string, place?: URL, text?: string}} source the address of its file, or its text
   */
  constructor(title, { name, place, text }) {
    super();
    this.title = title;
    this.name = name;
    this.#place = place;
    this.#text = text;
    this.#read();
    // When the page goes, and not after each exchange: a file holds keys, and making it takes a while.
    if (name !== undefined) addEventListener("pagehide", () => this.#keep());
  }

  get plugged() {
    return this.device?.plugged === true;
  }

  /** The text of its file. */
  async file() {
    const now = this.device?.file();
    if (now) return now;
    this.#text ??= sessionStorage.getItem(CHANGED + this.name) ?? undefined;
    if (this.#text === undefined) {
      const response = await fetch(this.#place);
      if (!response.ok) throw new Error(`${this.#place}: HTTP ${response.status}`);
      this.#text = await response.text();
    }
    this.#read();
    return this.#text;
  }

  /**
   * @param {boolean} granted whether the site may use it without the chooser
   * @param {"hid"|"usb"} face how it shows itself, the first time; after that it stays what it is
   */
  async plug(granted, face) {
    if (this.plugged) return;
    this.device = await plug(this.device ?? (await this.file()), { latency: LATENCY, granted, face });
    this.device.addEventListener("calock-log", this.#changed);
    this.device.addEventListener("calock-unplug", () => {
      this.#remember(false);
      this.#changed();
    }, { once: true });
    this.#remember(true);
    this.#changed();
  }

  unplug() {
    if (this.device) unplug(this.device);
  }

  get wasPlugged() {
    return this.name !== undefined && remembered().includes(this.name);
  }

  #read() {
    try {
      this.pin = JSON.parse(this.#text).pin;
    } catch {
      // No lock file but something else that can be plugged in.
    }
  }

  /** PIN tries come back when a page is loaded again, as everything did that is not in the lock for good. */
  #keep() {
    const now = this.device?.file();
    if (!now || this.#text === undefined) return;
    const [before, after] = [this.#text, now].map((text) => ({ ...JSON.parse(text), triesLeft: 0 }));
    const { triesLeft } = JSON.parse(this.#text);
    if (JSON.stringify(before) !== JSON.stringify(after)) sessionStorage.setItem(CHANGED + this.name, JSON.stringify({ ...after, triesLeft }));
  }

  #remember(inserted) {
    if (this.name === undefined) return;
    const others = remembered().filter((other) => other !== this.name);
    sessionStorage.setItem(STORE, JSON.stringify(inserted ? [...others, this.name] : others));
  }
}

/**
 * The locks that a list offers: `[{"name": "…", "title": {"zh": "…", "en": "…"}, "url"?: "…"}]`. Without `url` a lock's file is
 * `locks/NAME.json` beside the list.
 * @param {URL} list
 * @param {"zh"|"en"} language
 * @returns {Promise<DeskLock[]>}
 */
export async function offered(list, language) {
  install();
  const response = await fetch(list);
  if (!response.ok) throw new Error(`${list}: HTTP ${response.status}`);
  return (await response.json()).map(({ name, title, url }) => {
    const place = new URL(url ?? `locks/${encodeURIComponent(name)}.json`, list);
    return new DeskLock(title?.[language] ?? title?.zh ?? name, { name, place });
  });
}

/**
 * A lock made on the spot, by a test CA that no portal trusts.
 * @param {string} title
 * @param {object} description see `calock lock new`
 */
export async function made(title, description) {
  return new DeskLock(title, { text: await describeLock(description) });
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}
