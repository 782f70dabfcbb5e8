/**
 * Documents and seals, as pages handle them. Nothing of a document is uploaded, and no more of it is in memory than is looked at.
 * @module
 */
import { CalockError } from "../errors.js";
import { Engine } from "../seal-engine.js";

/** One worker for each kind of document, and one that looks at OFD; each is started when it is needed. */
const engines = { ofd: new Engine("ofd"), pdf: new Engine("pdf") };
export const looking = new Engine("view");

/** A seal (电子印章). Made by `readSeal()`. */
export class Seal {
  #bytes;
  /** Its number in each worker. */
  #kept = new Map();

  constructor(bytes, { info, picture, seal }, engine) {
    this.#bytes = bytes;
    this.#kept.set(engine, { seal, generation: engine.generation });
    /** SealInfo in index.d.ts. */
    this.info = info;
    /** The picture's file. What is signed keeps it as it is; a page draws white as transparent. */
    this.picture = new Blob([picture], { type: TYPES[info.format] ?? "application/octet-stream" });
    this.drawable = info.format in TYPES;
  }

  /** The seal's file (.esl). */
  get file() {
    return new Blob([this.#bytes]);
  }

  /**
   * Why the holder of a certificate (DER) may not seal with it now: SEAL_MISMATCH, SEAL_EXPIRED, SEAL_NOT_YET, SEAL_INVALID; undefined
   * when nothing is in the way.
   * @param {Uint8Array} certificate
   */
  async refusal(certificate) {
    const [engine] = this.#kept.keys();
    return engine.call("refusal", { seal: await this.id(engine), certificate });
  }

  /** @internal The picture as PNG where a PDF cannot have it as it is. */
  async asPng() {
    const { type } = this.picture;
    if (!this.drawable || type === "image/png" || type === "image/jpeg") return undefined;
    return (await import("../seal-more.js")).asPng(this.picture);
  }

  /** @internal Its number in the worker that runs now. */
  async id(engine) {
    const known = this.#kept.get(engine);
    if (known && known.generation === engine.generation) return known.seal;
    const { seal } = await engine.call("seal", { bytes: this.#bytes });
    this.#kept.set(engine, { seal, generation: engine.generation });
    return seal;
  }
}

const TYPES = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", bmp: "image/bmp", svg: "image/svg+xml" };

/**
 * Reads a seal.
 * @param {Blob|Uint8Array} source
 * @returns {Promise<Seal>}
 * @throws {CalockError} SEAL_UNREADABLE
 */
export async function readSeal(source) {
  const bytes = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source;
  // Whichever worker is there already.
  const engine = Object.values(engines).find(({ generation }) => generation > 0) ?? engines.ofd;
  return new Seal(bytes, await engine.call("seal", { bytes }), engine);
}

/** A document that is open. Made by `openDocument()`. */
export class SealDocument {
  #engine;
  #kept;
  /** Its number in the worker that looks at OFD. */
  #seen = {};

  constructor(file, { kind, pages, document }, engine) {
    this.#engine = engine;
    this.#kept = { document, generation: engine.generation };
    /** @type {Blob} */
    this.file = file;
    this.name = file.name ?? `document.${kind}`;
    /** "ofd" or "pdf". */
    this.kind = kind;
    /** Displayed sizes in millimetres, null for a page that has none. */
    this.pages = pages;
  }

  /**
   * Where a seal would stand, as it will be written: pages from 1, millimetres from the upper left corner.
   * @param {Seal} seal
   * @param {object[]} placements see SealPlacement in index.d.ts
   * @throws {CalockError} PLACEMENT_INVALID out of the page, PARAMETER for what is no number or page list
   */
  async places(seal, placements) {
    const document = await this.id();
    return this.#engine.call("places", { document, seal: await seal.id(this.#engine), placements });
  }

  /**
   * The empty signature fields of a PDF; one without width and height does not show.
   * @returns {Promise<{name: string, page: number, x: number, y: number, width: number, height: number}[]>}
   */
  async fields(options) {
    return this.#engine.call("fields", { document: await this.id(options) }, options);
  }

  /** What can be drawn of a page (from 1) of an OFD document. */
  async content(page) {
    return this.#look("content", { page: page - 1 });
  }

  /** The file of a picture, as `content()` names it; of a seal's picture where `seal` says so. */
  async picture(file, seal = false) {
    return this.#look(seal ? "sealPicture" : "picture", { file });
  }

  /**
   * Where a word stands (关键字), in reading order: pages from 1, millimetres. Nothing when it does not.
   * @param {string} word
   * @param {{runs?: object[], signal?: AbortSignal}} [options] `runs`: the texts of a PDF, as its viewer gives them
   * @returns {Promise<{page: number, x: number, y: number, width: number, height: number}[]>}
   */
  async find(word, { runs = [], ...options } = {}) {
    if (this.kind === "ofd") return this.#look("find", { word }, options);
    return looking.call("find", { word, runs }, options);
  }

  /**
   * Verifies every signature in it; chains are for a backend with its list of CAs.
   * @param {{signal?: AbortSignal, onProgress?: (part: number) => void}} [options]
   */
  async verify(options) {
    return this.#engine.call("verify", { document: await this.id(options) }, options);
  }

  /**
   * Its digest as a statement's `payload` has it.
   * @param {string} algorithm of the certificate that will sign the statement
   * @param {{signal?: AbortSignal, onProgress?: (part: number) => void}} [options]
   */
  async digest(algorithm, options) {
    return this.#engine.call("digest", { document: await this.id(options), algorithm }, options);
  }

  /**
   * Works a sealed document out: the bytes that the lock must sign, and what makes the file of the signature.
   * @param {Seal} seal
   * @param {{certificate: Uint8Array, placements: object[], field?: string, pictures?: object[], lock?: boolean}} order `field`: the empty
   *   signature field that takes the seal; `pictures`: handwritten signatures, SealPicture in index.d.ts
   * @param {{signal?: AbortSignal, onProgress?: (part: number) => void}} [options]
   */
  async prepare(seal, { certificate, placements = [], field, pictures = [], lock = false }, options) {
    const [document, number] = [await this.id(options), await seal.id(this.#engine)];
    const order = {
      document, seal: number, certificate, lock,
      placements: field ? [{ field }, ...placements] : placements,
      pictures: pictures.length ? await handwritten(pictures, this.kind) : [],
      picture: this.kind === "pdf" ? await seal.asPng() : undefined,
    };
    const { prepared, message } = await this.#engine.call("prepare", order, options);
    const generation = this.#engine.generation;
    const finish = async (signature) => {
      if (generation !== this.#engine.generation) throw new CalockError("ABORTED");
      const blob = await this.#engine.call("finish", { prepared, signature });
      return new File([blob], this.name, { type: this.file.type });
    };
    return { message, finish };
  }

  /** Lets go of it. */
  close() {
    const drop = (engine, { document, generation }) => generation === engine.generation && engine.call("drop", { id: document }).catch(() => {});
    const { opening, generation } = this.#seen;
    drop(this.#engine, this.#kept);
    opening?.then(({ document }) => drop(looking, { document, generation }), () => {});
    this.#kept = this.#seen = {};
  }

  /** Asks the worker that looks at OFD. */
  async #look(act, args, options) {
    // Several pages are looked at at once, and the document is opened once. Not with one caller's signal: the others wait too.
    if (this.#seen.generation !== looking.generation || !looking.generation) {
      const opening = looking.call("open", { blob: this.file });
      const seen = (this.#seen = { opening, generation: looking.generation });
      opening.catch(() => { if (this.#seen === seen) this.#seen = {}; });
    }
    const { document } = await this.#seen.opening;
    return looking.call(act, { document, ...args }, options);
  }

  /** @internal Its number in the worker that runs now. */
  async id(options) {
    if (this.#kept.generation !== this.#engine.generation) {
      const { document } = await this.#engine.call("open", { blob: this.file }, options);
      this.#kept = { document, generation: this.#engine.generation };
    }
    return this.#kept.document;
  }
}

/**
 * Opens a document. Only its directory is read.
 * @param {Blob} file
 * @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<SealDocument>}
 * @throws {CalockError} DOCUMENT_UNREADABLE, DOCUMENT_ENCRYPTED, DOCUMENT_NAMES, DOCUMENT_TOO_LARGE, DOCUMENT_INCOMPLETE
 */
export async function openDocument(file, options) {
  const start = new TextDecoder("latin1").decode(await file.slice(0, 1024).arrayBuffer());
  const engine = start.includes("%PDF-") ? engines.pdf : engines.ofd;
  return new SealDocument(file, await engine.call("open", { blob: file }, options), engine);
}

/** Handwritten signatures as the module takes them. */
async function handwritten(pictures, kind) {
  const { written } = await import("../seal-more.js");
  return Promise.all(pictures.map((one) => written(one, kind)));
}
