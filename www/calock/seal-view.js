/**
 * Documents to look at. Loaded when one is opened; for a PDF it loads PDF.js, which lies beside it in pdfjs/.
 * @module
 */
import texts from "./messages.view.js";
import { DocumentView } from "./seal/view.js";

export { drawPage } from "./seal/ofd-page.js";

/** @param {{speech: import("./seal/speech.js").Speech}} of and what DocumentView needs besides */
export function show({ speech, ...of }) {
  speech.teach(texts);
  return new DocumentView({ ...of, w: speech.w, place: new URL("./pdfjs/", import.meta.url) });
}
