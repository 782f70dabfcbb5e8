/**
 * The worker that reads what can be seen of OFD documents, finds words, and makes seals for trials.
 * @module
 */
import { OfdPages, Runs, TestSeal, start } from "./calock_view.js";
import { serve } from "./seal/serve.js";

/** Which way text is read, in quarter turns clockwise. */
const DIRECTIONS = ["right", "down", "left", "up"];

const micrometres = (length) => Math.round(length * 1000);

/** Where a word stands among texts that a viewer found. */
function among(runs, word) {
  const list = new Runs();
  try {
    for (const { page, text, x, y, width, height, along } of runs) {
      list.add(page, text.normalize("NFKC"), micrometres(x), micrometres(y), micrometres(width), micrometres(height), DIRECTIONS.indexOf(along));
    }
    return list.find(word.normalize("NFKC"));
  } finally {
    list.free();
  }
}

serve({ kind: "ofd", Document: OfdPages, start }, (kept, keep) => ({
  content: ({ document, page }) => JSON.parse(kept.get(document).document.content(page)),
  picture: ({ document, file }) => kept.get(document).document.picture(file),
  sealPicture: ({ document, file }) => kept.get(document).document.sealPicture(file),
  find: ({ document, word, runs }) => JSON.parse(runs ? among(runs, word) : kept.get(document).document.find(word)),
  testSeal({ certificate, name, picture, size }) {
    const unsigned = new TestSeal(certificate, name, picture, size);
    return { unsigned: keep(unsigned), message: unsigned.signedBytes() };
  },
  signTestSeal({ unsigned: id, signature }) {
    const unsigned = kept.get(id);
    kept.delete(id);
    try {
      return unsigned.finish(signature);
    } finally {
      unsigned.free();
    }
  },
}));
