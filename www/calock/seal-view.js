/**
 * Documents to look at. Loaded when one is opened; for a PDF it loads PDF.js, which lies beside it in pdfjs/.
 * @module
 */
import { DocumentView } from "./seal/view.js";

export { drawPage } from "./seal/ofd-page.js";

/** @param {object} of see DocumentView */
export const show = (of) => new DocumentView({ ...of, place: new URL("./pdfjs/", import.meta.url) });
