/**
 * What a PDF's pages look like, and the texts on them: PDF.js over slices of the file. No more of it is in memory than the pages
 * that are looked at need.
 * @module
 */

/** Millimetres of a point, the PDF's own unit. */
const POINT = 25.4 / 72;
/** Bytes that PDF.js asks for at once. */
const SLICE = 256 * 1024;
/** Pixels of the largest picture on a page that is still decoded. */
const LARGEST = 64e6;

/**
 * @param {Blob} file
 * @param {{place: URL, trusted: (url: URL) => any, signal?: AbortSignal}} options where PDF.js lies, and what lets a page that requires
 * trusted types start its worker
 * @returns {Promise<PdfView>} rejected where PDF.js cannot read the file or the browser cannot run it; such a file can be sealed all the same
 */
export async function openPdfView(file, { place, trusted, signal }) {
  const at = (path) => new URL(path, place).href;
  const pdfjs = await import(at("pdf.min.mjs"));
  signal?.throwIfAborted();
  const worker = new Worker(trusted(at("pdf.worker.min.mjs")), { type: "module" });
  const port = new pdfjs.PDFWorker({ port: worker, verbosity: pdfjs.VerbosityLevel.ERRORS });
  const task = pdfjs.getDocument({
    worker: port,
    range: slices(pdfjs, file),
    rangeChunkSize: SLICE,
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: at("cmaps/"),
    standardFontDataUrl: at("standard_fonts/"),
    wasmUrl: at("wasm/"),
    iccUrl: at("iccs/"),
    // Nothing of a PDF is run. PDF.js no longer makes scripts of its functions; this keeps it so with one that does.
    isEvalSupported: false,
    enableXfa: false,
    maxImageSize: LARGEST,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  const end = () => task.destroy().catch(() => {}).finally(() => (port.destroy(), worker.terminate()));
  const broken = new Promise((_, reject) => {
    worker.addEventListener("error", () => reject(new Error("PDF.js cannot start its worker")));
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
  try {
    return new PdfView(pdfjs, await Promise.race([task.promise, broken]), end);
  } catch (error) {
    end();
    throw error;
  }
}

/** The file's bytes, as PDF.js asks for them. */
function slices(pdfjs, file) {
  const range = new pdfjs.PDFDataRangeTransport(file.size, null);
  range.requestDataRange = async (from, to) => range.onDataRange(from, new Uint8Array(await file.slice(from, to).arrayBuffer()));
  return range;
}

class PdfView {
  #pdfjs;
  #document;
  #end;

  constructor(pdfjs, document, end) {
    this.#pdfjs = pdfjs;
    this.#document = document;
    this.#end = end;
  }

  /**
   * Draws a page (from 1) over the whole of a canvas, whose size it sets: its seals and other annotations too.
   * @param {number} number
   * @param {HTMLCanvasElement} canvas
   * @param {number} pixelsPerMm
   * @param {{signal?: AbortSignal}} [options]
   */
  async draw(number, canvas, pixelsPerMm, { signal } = {}) {
    const page = await this.#document.getPage(number);
    signal?.throwIfAborted();
    const viewport = page.getViewport({ scale: pixelsPerMm * POINT });
    canvas.width = Math.max(Math.round(viewport.width), 1);
    canvas.height = Math.max(Math.round(viewport.height), 1);
    // Whole pixels: the page fills them exactly, so that it stands where the numbers say.
    const transform = [canvas.width / viewport.width, 0, 0, canvas.height / viewport.height, 0, 0];
    const drawing = page.render({ canvas, viewport, transform, annotationMode: this.#pdfjs.AnnotationMode.ENABLE, background: "#fff" });
    const cancel = () => drawing.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      await drawing.promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
      page.cleanup();
    }
  }

  /** A page as a canvas. */
  async paint(number, pixelsPerMm, options) {
    const canvas = document.createElement("canvas");
    await this.draw(number, canvas, pixelsPerMm, options);
    return canvas;
  }

  /**
   * The texts of a page (from 1), each with its box in millimetres of the displayed page and the way it is read.
   * @param {number} number
   * @returns {Promise<{page: number, text: string, x: number, y: number, width: number, height: number, along: "right"|"down"|"left"|"up"}[]>}
   */
  async text(number) {
    const page = await this.#document.getPage(number);
    const viewport = page.getViewport({ scale: POINT });
    const { items, styles } = await page.getTextContent({ disableNormalization: true });
    return items.filter(({ str }) => str?.trim()).map((item) => ({ page: number, text: item.str, ...box(item, styles[item.fontName], viewport) }));
  }

  close() {
    return this.#end();
  }
}

/** Where a text stands: from its base line up by its ascent and down by its descent, or around the middle of a column. */
function box({ transform: [a, b, c, d, x, y], width, height }, style, viewport) {
  const tall = Math.hypot(c, d) || Math.hypot(a, b);
  const [along, up] = [unit(a, b), unit(c, d)];
  const { ascent = 0.8, descent = -0.2, vertical } = style ?? {};
  // In the text's own directions: from where it begins along the base line, and across it.
  const [reads, from, to, low, high] = vertical ? [[-up[0], -up[1]], 0, -height, -tall / 2, tall / 2] : [along, 0, width, descent * tall, ascent * tall];
  const place = (s, t) => {
    const [right, above] = vertical ? [t, s] : [s, t];
    return viewport.convertToViewportPoint(x + along[0] * right + up[0] * above, y + along[1] * right + up[1] * above);
  };
  const corners = [place(from, low), place(from, high), place(to, low), place(to, high)];
  const [xs, ys] = [corners.map(([one]) => one), corners.map(([, one]) => one)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [p, q] = [viewport.convertToViewportPoint(x, y), viewport.convertToViewportPoint(x + reads[0], y + reads[1])];
  return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top, along: way(q[0] - p[0], q[1] - p[1]) };
}

function unit(x, y) {
  const length = Math.hypot(x, y) || 1;
  return [x / length, y / length];
}

/** The nearest of the four ways to read. */
function way(x, y) {
  if (Math.abs(x) >= Math.abs(y)) return x >= 0 ? "right" : "left";
  return y >= 0 ? "down" : "up";
}
