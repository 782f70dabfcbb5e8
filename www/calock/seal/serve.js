/**
 * What both workers that seal do: read documents slice by slice, hash them, and keep the page alive meanwhile. They have no lock and no PIN:
 * what a lock has to sign goes out as bytes, and its signature comes in.
 * @module
 */
/** Bytes that are fetched at once: few where somebody jumps about, many where the whole file is read. */
const LEAST = 64 * 1024;
const MOST = 2 * 1024 * 1024;
/** Milliseconds between two words about progress. */
const PACE = 50;

const reader = new FileReaderSync();
const kept = new Map();
let count = 0;
let ready;
/** What the call under way has read, and of how much. */
let progress;

/** A document's bytes, as the module asks for them: `size()` and `read()`. */
class Original {
  #blob;
  #window = new Uint8Array();
  #from = 0;
  #ahead = LEAST;

  constructor(blob) {
    this.#blob = blob;
  }

  size() {
    return this.#blob.size;
  }

  read(offset, buffer) {
    const end = offset + buffer.length;
    if (end > this.#blob.size) throw new RangeError("beyond the end");
    if (offset < this.#from || end > this.#from + this.#window.length) this.#fetch(offset, buffer.length);
    buffer.set(this.#window.subarray(offset - this.#from, end - this.#from));
  }

  #fetch(offset, length) {
    const onwards = offset >= this.#from && offset <= this.#from + this.#window.length;
    this.#ahead = onwards ? Math.min(this.#ahead * 2, MOST) : LEAST;
    const to = Math.min(offset + Math.max(length, this.#ahead), this.#blob.size);
    this.#window = new Uint8Array(reader.readAsArrayBuffer(this.#blob.slice(offset, to)));
    this.#from = offset;
    progress?.(to - offset);
  }
}

/** A new document's pieces, put together as a Blob: stretches of the original are not copied. */
class Sink {
  parts = [];

  constructor(blob) {
    this.blob = blob;
  }

  original(from, to) {
    this.parts.push(this.blob.slice(from, to));
  }

  fresh(bytes) {
    this.parts.push(bytes.slice());
  }
}

/** The module: `Document` is the one for its kind of document. */
let module;

const acts = {
  open({ blob }) {
    const document = module.Document.open(new Original(blob));
    return { document: keep({ document, blob }), kind: module.kind, pages: JSON.parse(document.pages()) };
  },
  async verify({ document }) {
    const verification = kept.get(document).document.verify();
    try {
      const answers = await Promise.allSettled(questions((asker) => verification.ask?.(asker)));
      // What WebCrypto does not know stays open.
      answers.forEach(({ value }, place) => value !== undefined && verification.answer(place, value));
      return JSON.parse(verification.reports());
    } finally {
      verification.free();
    }
  },
  digest: ({ document, algorithm }) => module.digest(new Original(kept.get(document).blob), algorithm),
  places: ({ document, seal, placements }) =>
    listed(placements, (list) => JSON.parse(kept.get(document).document.places(kept.get(seal), list))),
  fields: ({ document }) => JSON.parse(kept.get(document).document.fields?.() ?? "[]"),
  prepare({ document, seal, certificate, placements, pictures, lock, picture }) {
    const { document: open, blob } = kept.get(document);
    const prepared = listed(placements, (list) => open.prepare(kept.get(seal), certificate, list, lock, picture), pictures);
    return { prepared: keep({ prepared, blob }), message: prepared.signedBytes() };
  },
  async finish({ prepared: id, signature }) {
    const { prepared, blob } = kept.get(id);
    kept.delete(id);
    const answers = await Promise.all(questions((asker) => prepared.ask?.(signature, asker)));
    if (answers.includes(false)) throw "SIGN_FAILED";
    const sink = new Sink(blob);
    // Takes the module's object with it.
    prepared.finish(signature, sink);
    return new Blob(sink.parts, { type: blob.type });
  },
  seal({ bytes }) {
    return described(module.SealFile.read(bytes));
  },
  refusal: ({ seal, certificate }) => kept.get(seal).refusal(certificate),
  drop({ id }) {
    const thing = kept.get(id);
    kept.delete(id);
    (thing?.document ?? thing?.prepared ?? thing)?.free();
  },
};

/** WebCrypto's answers to what the module asks: it has neither RSA nor P-256. */
function questions(ask) {
  const answers = [];
  ask({
    ask(algorithm, message, signature) {
      answers.push(holds(JSON.parse(algorithm), message.slice(), signature.slice()));
    },
  });
  return answers;
}

/** `algorithm` serves `importKey` and `verify` alike; src/web/seal/question.rs makes it. */
async function holds({ key, ...algorithm }, message, signature) {
  const imported = await crypto.subtle.importKey("jwk", key, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, imported, signature, message);
}

function keep(thing) {
  kept.set((count += 1), thing);
  return count;
}

function described(seal) {
  return { seal: keep(seal), info: JSON.parse(seal.info()), picture: seal.picture(), bytes: seal.bytes() };
}

function listed(placements, use, pictures = []) {
  const list = new module.Placements();
  try {
    for (const { bytes, page, x, y, width, height } of pictures) list.picture(bytes, page, [x, y, width, height].map(mm).join(" "));
    for (const { field, pages = "all", x, y, across, at, skipFirst = 0, skipLast = 0, slices = 0 } of placements) {
      if (field) takes(list, field);
      else if (across) list.across(across, mm(at), pages, skipFirst, skipLast, slices);
      else list.pages(pages, mm(x), mm(y));
    }
    return use(list);
  } finally {
    list.free();
  }
}

/** A document of this kind may know no fields. */
function takes(list, field) {
  if (!list.field) throw "PLACEMENT_INVALID";
  list.field(field);
}

/** Millimetres as text with micrometres: never in the form 1e-7. */
function mm(length) {
  return (Math.round(length * 1000) / 1000).toString();
}

function told(call, whole) {
  let [read, last] = [0, 0];
  return (bytes) => {
    read += bytes;
    const now = performance.now();
    if (now - last < PACE) return;
    last = now;
    postMessage({ call, progress: whole ? Math.min(read / whole, 1) : 1 });
  };
}

/**
 * Answers the page.
 * @param {{start: Function, kind: string, Document: object, SealFile: object, Placements: object, digest: Function}} exports
 * @param {(kept: Map<number, object>, keep: (thing: object) => number) => object} [more] acts that only this worker has; what was opened is
 *   kept by its number
 */
export function serve(exports, more) {
  module = exports;
  Object.assign(acts, more?.(kept, keep));
  onmessage = ({ data }) => answer(data);
}

async function answer({ call, act, args }) {
  try {
    if (act === "start") ready = module.start(args.module);
    await ready;
    const blob = args.blob ?? kept.get(args.document)?.blob;
    postMessage({ call, value: await reading(told(call, blob?.size), () => acts[act]?.(args)) });
  } catch (error) {
    // The module throws its codes; anything else is a fault, and the module may be in the middle of something.
    postMessage({ call, code: typeof error === "string" ? error : "INTERNAL", fault: typeof error !== "string" && String(error) });
  }
}

/** Documents are read at once; what an act waits for afterwards is no reading. */
function reading(report, act) {
  progress = report;
  try {
    return act();
  } finally {
    progress = undefined;
  }
}
