/**
 * A pad to write on with mouse, finger or pen. Lines are as wide as a pen's would be: by pressure where there is some, else by speed.
 * @module
 */
import { h } from "../element/dom.js";

/** Widths in pixels of the page, and how much slower changes than speed does. */
const [THIN, THICK, CALM] = [2.2, 6.5, 0.7];
/** Pixels a millisecond at which a line is thinnest. */
const FAST = 2.2;
/** Pixels of the picture for one of the page, and around what was written. */
const FINE = 5;
const MARGIN = 4;

export class Pad {
  #strokes = [];
  #current;
  #canvas;
  #colour = "#111";
  #onChange;
  #watch;

  /** @param {string} label @param {() => void} onChange after every stroke */
  constructor(label, onChange) {
    this.#onChange = onChange;
    this.#canvas = h("canvas", { class: "pad", role: "img", "aria-label": label });
    this.element = this.#canvas;
    this.#canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const name of ["pointerup", "pointercancel"]) this.#canvas.addEventListener(name, (event) => this.#end(event));
    this.#watch = new ResizeObserver(() => this.draw());
    this.#watch.observe(this.#canvas);
  }

  get count() {
    return this.#strokes.length;
  }

  set colour(colour) {
    this.#colour = colour;
    this.draw();
  }

  undo() {
    this.#strokes.pop();
    this.#changed();
  }

  clear() {
    this.#strokes = [];
    this.#changed();
  }

  close() {
    this.#watch.disconnect();
  }

  /** What was written, cut to size: a canvas without paper; undefined when there is nothing. */
  picture() {
    const points = this.#strokes.flat();
    if (points.length === 0) return undefined;
    const edge = (which, of) => which(...points.map(of));
    const [left, top] = [edge(Math.min, ({ x, wide }) => x - wide), edge(Math.min, ({ y, wide }) => y - wide)].map((at) => at - MARGIN);
    const [right, bottom] = [edge(Math.max, ({ x, wide }) => x + wide), edge(Math.max, ({ y, wide }) => y + wide)].map((at) => at + MARGIN);
    const canvas = new OffscreenCanvas(Math.ceil((right - left) * FINE), Math.ceil((bottom - top) * FINE));
    const pen = canvas.getContext("2d");
    pen.scale(FINE, FINE);
    pen.translate(-left, -top);
    this.#paint(pen);
    return canvas;
  }

  /** Draws everything anew, as fine as the screen is. */
  draw() {
    const { clientWidth, clientHeight } = this.#canvas;
    const fine = globalThis.devicePixelRatio || 1;
    this.#canvas.width = Math.round(clientWidth * fine);
    this.#canvas.height = Math.round(clientHeight * fine);
    const pen = this.#canvas.getContext("2d");
    pen.scale(fine, fine);
    this.#paint(pen);
  }

  #paint(pen) {
    pen.strokeStyle = pen.fillStyle = this.#colour;
    pen.lineCap = "round";
    for (const stroke of this.#strokes) {
      dot(pen, stroke[0]);
      for (let at = 1; at < stroke.length; at += 1) this.#piece(pen, stroke, at);
    }
  }

  /** From the middle of the last two points to the middle of these two, bent by the one between: no corner is seen. */
  #piece(pen, stroke, at) {
    const [before, here, after] = [stroke[Math.max(at - 2, 0)], stroke[at - 1], stroke[at]];
    const [from, to] = [middle(before, here), middle(here, after)];
    const steps = Math.max(2, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 1.5));
    let last = from;
    for (let step = 1; step <= steps; step += 1) {
      const t = step / steps;
      const next = bent(from, here, to, t);
      line(pen, last, next);
      last = next;
    }
    if (at === stroke.length - 1) line(pen, last, after);
  }

  #begin(event) {
    if (event.button !== 0 || this.#current) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#current = { id: event.pointerId, stroke: [this.#point(event)] };
    this.#strokes.push(this.#current.stroke);
    this.draw();
  }

  #go(event) {
    if (event.pointerId !== this.#current?.id) return;
    const { stroke } = this.#current;
    const several = event.getCoalescedEvents?.() ?? [];
    for (const one of several.length ? several : [event]) {
      const last = stroke[stroke.length - 1];
      const point = this.#point(one, last);
      if (Math.hypot(point.x - last.x, point.y - last.y) >= 0.7) stroke.push(point);
    }
    this.draw();
  }

  #end(event) {
    if (event.pointerId !== this.#current?.id) return;
    this.#current = undefined;
    this.#changed();
  }

  #point(event, last) {
    const box = this.#canvas.getBoundingClientRect();
    const [x, y, time] = [event.clientX - box.left, event.clientY - box.top, event.timeStamp];
    const pen = event.pointerType === "pen" && event.pressure > 0;
    if (!last) return { x, y, time, wide: pen ? THIN + (THICK - THIN) * event.pressure : (THIN + THICK) / 2 };
    const speed = Math.hypot(x - last.x, y - last.y) / Math.max(time - last.time, 1);
    const wanted = pen ? THIN + (THICK - THIN) * event.pressure : THICK - (THICK - THIN) * Math.min(speed / FAST, 1);
    return { x, y, time, wide: last.wide * CALM + wanted * (1 - CALM) };
  }

  #changed() {
    this.draw();
    this.#onChange();
  }
}

const middle = (one, other) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, wide: (one.wide + other.wide) / 2 });

/** A point of a curve from one point to another, drawn towards a third. */
function bent(from, towards, to, t) {
  const at = (key) => (1 - t) ** 2 * from[key] + 2 * t * (1 - t) * towards[key] + t ** 2 * to[key];
  return { x: at("x"), y: at("y"), wide: at("wide") };
}

function dot(pen, { x, y, wide }) {
  pen.beginPath();
  pen.arc(x, y, wide / 2, 0, 2 * Math.PI);
  pen.fill();
}

function line(pen, from, to) {
  pen.lineWidth = (from.wide + to.wide) / 2;
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}
