/**
 * A document as its reader sees it: the pages drawn under the seals, all of them small beside, page number and size above.
 * @module
 */
import { Bar } from "./bar.js";
import { OfdView } from "./ofd-view.js";
import { Papers } from "./papers.js";
import { openPdfView } from "./pdf-view.js";
import { Thumbs } from "./thumbs.js";
import style from "./view.css.js";

/** Pixels of a page that is drawn: at 200 % on a fine screen it is drawn a little coarser instead of taking ever more memory. */
const MOST = 12e6;
/** Below this width the small pages wait until they are asked for. */
const ROOM = 900;
/** A page farther than this is gone to at once. */
const FAR = 3;

const sheet = new CSSStyleSheet();
sheet.replaceSync(style);

export class DocumentView {
  #desk;
  #scroller;
  #sheets;
  #papers;
  #thumbs;
  #bar;
  #ending = new AbortController();
  #opened;
  #tall;
  #asked = false;
  /** The page that somebody went to, until they scroll by themselves: near the end it cannot come into the middle. */
  goal;

  /**
   * @param {{desk: HTMLElement, scroller: HTMLElement, sheets: {number: number, size: object|null, figure: HTMLElement, paper: HTMLElement}[],
   *   document: import("./document.js").SealDocument, w: Function, trusted: Function, place: URL, current: () => number}} of where it is shown
   */
  constructor({ desk, scroller, sheets, document, w, trusted, place, current }) {
    this.#desk = desk;
    this.#scroller = scroller;
    this.#sheets = sheets;
    const root = desk.getRootNode();
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    const { signal } = this.#ending;
    this.#opened = document.kind === "pdf" ? openPdfView(document.file, { place, trusted, signal }) : Promise.resolve(new OfdView(document));
    // Told on every page that is looked at; here it only must not be left unheard.
    this.#opened.catch(() => {});
    const paint = async (...page) => (await this.#opened).paint(...page);
    this.#papers = new Papers(scroller, paint, { margin: "60% 0px", limit: 2, most: MOST, note: w("pageNotDrawn") });
    for (const { paper, number, size } of sheets) if (size) this.#papers.watch(paper, number, size);

    const go = (number) => this.goTo(number);
    this.#thumbs = new Thumbs(document.pages, paint, w, go);
    this.#bar = new Bar(sheets.length, w, { go, zoom: (zoom) => this.#zoom(zoom), thumbs: (shown) => { this.#thumbs.element.hidden = !shown; } });
    this.#bar.scale = () => this.#scale(current());
    this.#bar.thumbs(sheets.length > 1 && innerWidth > ROOM, (shown) => { this.#thumbs.element.hidden = !shown; });
    desk.prepend(this.#bar.element, this.#thumbs.element);

    const seen = () => {
      this.#asked = false;
      this.#bar.show(current());
      this.#thumbs.show(current());
    };
    const look = () => {
      if (!this.#asked) requestAnimationFrame(seen);
      this.#asked = true;
    };
    for (const kind of ["wheel", "pointerdown", "touchmove", "keydown"]) scroller.addEventListener(kind, () => { this.goal = undefined; }, { signal, passive: true });
    for (const target of [scroller, globalThis]) target.addEventListener("scroll", look, { signal, passive: true });
    scroller.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#tall = new ResizeObserver(() => {
      scroller.style.setProperty("--tall", `${scroller.clientHeight}px`);
      look();
    });
    this.#tall.observe(scroller);
    // As the last document was shown here.
    const { level = "width" } = scroller.dataset;
    this.#bar.zoomed(level);
    this.#zoom(level);
  }

  /** Shows the seals on the small pages too. */
  mark(all) {
    this.#thumbs.mark(all);
  }

  /** The texts of pages; undefined where the module itself knows them. */
  async runs(pages = this.#sheets.map(({ number }) => number)) {
    const view = await this.#opened;
    if (!view.text) return undefined;
    const runs = [];
    for (const page of pages) runs.push(...(await view.text(page)));
    return runs;
  }

  goTo(number) {
    const target = this.#sheets[number - 1]?.figure;
    if (!target) return;
    this.goal = number;
    const near = Math.abs(target.offsetTop - this.#scroller.scrollTop) < FAR * this.#scroller.clientHeight;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#scroller.scrollTo({ top: target.offsetTop - 16, behavior: near && !still ? "smooth" : "auto" });
    this.#bar.show(number);
    this.#thumbs.show(number);
  }

  close() {
    this.#ending.abort();
    this.#tall.disconnect();
    this.#papers.close();
    this.#thumbs.close();
    this.#bar.element.remove();
    this.#opened.then((view) => view.close(), () => {});
  }

  /** "width", "page", or per cent of the true size. What was in the middle stays there. */
  #zoom(zoom) {
    const scroller = this.#scroller;
    const middle = (scroller.scrollTop + scroller.clientHeight / 2) / Math.max(scroller.scrollHeight, 1);
    scroller.dataset.level = zoom;
    scroller.dataset.zoom = Number(zoom) ? "true" : zoom;
    scroller.style.setProperty("--zoom", String((Number(zoom) || 100) / 100));
    scroller.scrollTop = middle * scroller.scrollHeight - scroller.clientHeight / 2;
  }

  /** How large a page is shown, in per cent of the true size. */
  #scale(number) {
    const { paper, size } = this.#sheets[number - 1] ?? {};
    return size ? (paper.clientWidth / size.width / (96 / 25.4)) * 100 : 100;
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const zoom = (value) => this.#zoom(value);
    const act = { "+": () => this.#bar.step(1, zoom), "=": () => this.#bar.step(1, zoom), "-": () => this.#bar.step(-1, zoom), 0: () => this.#bar.fit(zoom) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
