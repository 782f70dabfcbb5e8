/**
 * What the pages of an OFD document look like: drawn from what the module says of them. The module knows the texts itself.
 * @module
 */
import { drawPage } from "./ofd-page.js";

/** Kinds of pictures that a browser draws, by how their files begin. */
const KINDS = [["89504e47", "image/png"], ["ffd8ff", "image/jpeg"], ["47494638", "image/gif"], ["424d", "image/bmp"], ["52494646", "image/webp"], ["3c737667", "image/svg+xml"]];

export class OfdView {
  #document;
  /** Blobs by their files: a picture may stand on every page. */
  #pictures = new Map();

  /** @param {import("./document.js").SealDocument} document */
  constructor(document) {
    this.#document = document;
  }

  /** A page (from 1); it is sharp at any size. */
  async paint(page) {
    const content = await this.#document.content(page);
    const shown = content.filter(({ file }) => file);
    const pictures = new Map();
    for (const { kind, file } of shown) pictures.set(`${kind} ${file}`, await this.#picture(file, kind === "seal"));
    const picture = (file, seal) => pictures.get(`${seal ? "seal" : "picture"} ${file}`);
    return drawPage({ size: this.#document.pages[page - 1], content, label: "", picture });
  }

  close() {
    this.#pictures.clear();
  }

  /** A picture's file as a Blob; undefined when it cannot be read or drawn. */
  #picture(file, seal) {
    const key = `${seal} ${file}`;
    if (!this.#pictures.has(key)) {
      this.#pictures.set(key, this.#document.picture(file, seal).then(drawable).catch(() => undefined));
    }
    return this.#pictures.get(key);
  }
}

function drawable(bytes) {
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const [, type] = KINDS.find(([magic]) => start.startsWith(magic)) ?? [];
  return type && new Blob([bytes], { type });
}
