/**
 * Draws the sheets that are near to be seen, the nearest first and as sharp as the screen, and lets go of the others: a document of a
 * thousand pages needs no more memory than one of five.
 * @module
 */

/** Milliseconds that a new size must hold before pages are drawn anew. */
const CALM = 120;

export class Papers {
  #root;
  #paint;
  #note;
  #limit;
  #most;
  #sheets = new Map();
  #near;
  #sizes;
  #under = 0;
  #timer;
  #closed = false;

  /**
   * @param {Element} root what scrolls
   * @param {(page: number, pixelsPerMm: number, options: {signal: AbortSignal}) => Promise<Element>} paint
   * @param {{margin: string, limit: number, most: number, note?: string}} options how far beyond `root` pages are kept drawn, how many are
   * drawn at once, pixels of one at most, what is said of a page that cannot be drawn
   */
  constructor(root, paint, { margin, limit, most, note }) {
    this.#root = root;
    this.#paint = paint;
    this.#note = note;
    this.#limit = limit;
    this.#most = most;
    this.#near = new IntersectionObserver((entries) => this.#moved(entries), { root, rootMargin: margin });
    this.#sizes = new ResizeObserver((entries) => this.#resized(entries));
  }

  /**
   * Looks after a sheet from now on. Its drawing becomes its first child.
   * @param {HTMLElement} paper
   * @param {number} number its page, from 1
   * @param {{width: number, height: number}} size millimetres
   */
  watch(paper, number, size) {
    this.#sheets.set(paper, { paper, number, size, near: false, wanted: 0, drawn: 0 });
    this.#near.observe(paper);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#near.disconnect();
    this.#sizes.disconnect();
    for (const sheet of this.#sheets.values()) this.#clear(sheet);
    this.#sheets.clear();
  }

  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      const sheet = this.#sheets.get(target);
      if (!sheet || sheet.near === isIntersecting) continue;
      sheet.near = isIntersecting;
      if (isIntersecting) {
        this.#sizes.observe(target);
      } else {
        this.#sizes.unobserve(target);
        this.#clear(sheet);
      }
    }
  }

  #resized(entries) {
    for (const { target, contentRect } of entries) {
      const { size, ...sheet } = this.#sheets.get(target) ?? {};
      if (!size) continue;
      const pixels = contentRect.width * devicePixelRatio;
      const most = Math.sqrt((this.#most * size.width) / size.height);
      Object.assign(this.#sheets.get(target), { wanted: Math.round(Math.min(pixels, most)) });
      // The first time at once; while somebody zooms, when it is over.
      if (!sheet.drawn) this.#next();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#next(), CALM);
  }

  /** Begins with the sheets that are nearest to the middle. */
  #next() {
    while (this.#under < this.#limit && !this.#closed) {
      const waiting = [...this.#sheets.values()].filter(({ near, wanted, drawn, drawing, failed }) => near && wanted && wanted !== drawn && !drawing && !failed);
      if (!waiting.length) return;
      const middle = centre(this.#root);
      const far = ({ paper }) => Math.hypot(centre(paper).x - middle.x, centre(paper).y - middle.y);
      this.#draw(waiting.reduce((best, sheet) => (far(sheet) < far(best) ? sheet : best)));
    }
  }

  async #draw(sheet) {
    const drawing = new AbortController();
    const { wanted, size, number, paper } = sheet;
    sheet.drawing = drawing;
    this.#under += 1;
    try {
      const made = await this.#paint(number, wanted / size.width, { signal: drawing.signal });
      if (drawing.signal.aborted) release(made);
      else this.#put(sheet, made, wanted);
    } catch {
      // What cannot be drawn is an empty sheet with a word; sealing says what is wrong with a file.
      if (!drawing.signal.aborted) this.#fail(sheet);
    } finally {
      this.#under -= 1;
      if (sheet.drawing === drawing) sheet.drawing = undefined;
      paper.toggleAttribute("data-drawn", Boolean(sheet.made));
      this.#next();
    }
  }

  #put(sheet, made, width) {
    made.classList.add("drawing");
    made.setAttribute("aria-hidden", "true");
    sheet.paper.prepend(made);
    release(sheet.made);
    Object.assign(sheet, { made, drawn: width });
  }

  #fail(sheet) {
    sheet.failed = true;
    if (!this.#note || sheet.made) return;
    const note = document.createElement("p");
    note.className = "paper-note";
    note.textContent = this.#note;
    sheet.paper.prepend(note);
  }

  #clear(sheet) {
    sheet.drawing?.abort();
    release(sheet.made);
    Object.assign(sheet, { made: undefined, drawn: 0, wanted: 0, drawing: undefined });
    sheet.paper.removeAttribute("data-drawn");
  }
}

/** Gives a drawing's memory back at once. */
function release(made) {
  made?.remove();
  if (made instanceof HTMLCanvasElement) made.width = made.height = 0;
}

function centre(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
