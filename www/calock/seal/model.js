/**
 * Where seals shall stand, as a list that can be undone. Nothing here knows a page or a lock.
 * @module
 */

/** Steps that can be undone. */
const MOST = 200;

/**
 * Items are `{id, seal, placement}`, `placement` as `seal()` takes it or `{field}`, the name of an empty signature field; or, written by
 * hand, `{id, picture, placement: {pages, x, y, width, height}}` on one page. Event "change" after every change.
 */
export class Model extends EventTarget {
  #items = [];
  #past = [];
  #future = [];
  #count = 0;

  get items() {
    return this.#items;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Adds items in one step.
   * @param {...{seal?: object, picture?: object, placement: object}} items
   * @returns {number} the last one's id
   */
  add(...items) {
    this.#set([...this.#items, ...items.map((item) => ({ ...item, id: (this.#count += 1) }))]);
    return this.#count;
  }

  change(id, placement) {
    this.#set(this.#changed(id, placement));
  }

  /** While something is being dragged: shown, and not one step of many. */
  show(id, placement) {
    this.#items = this.#changed(id, placement);
    this.#tell();
  }

  /** Ends a drag that began at `before`. */
  settle(before) {
    const now = this.#items;
    this.#items = before;
    this.#set(now);
  }

  remove(id) {
    this.#set(this.#items.filter((item) => item.id !== id));
  }

  clear() {
    this.#items = [];
    this.#past = [];
    this.#future = [];
    this.#tell();
  }

  undo() {
    this.#go(this.#past, this.#future);
  }

  redo() {
    this.#go(this.#future, this.#past);
  }

  #changed(id, placement) {
    return this.#items.map((item) => (item.id === id ? { ...item, placement: { ...item.placement, ...placement } } : item));
  }

  #go(from, to) {
    const items = from.pop();
    if (!items) return;
    to.push(this.#items);
    this.#items = items;
    this.#tell();
  }

  #set(items) {
    this.#past.push(this.#items);
    if (this.#past.length > MOST) this.#past.shift();
    this.#future = [];
    this.#items = items;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Millimetres of what stands there: a seal has its own, what is written by hand those that it was given. */
export const sizeOf = ({ seal, placement }) => seal?.info ?? placement;

/**
 * A place within a page, on half millimetres and in the middle where it is near.
 * @param {{x: number, y: number}} wanted
 * @param {{width: number, height: number}} seal
 * @param {{width: number, height: number}} page
 */
export function snapped(wanted, seal, page) {
  const one = (at, length, whole) => {
    const most = Math.max(whole - length, 0);
    const middle = most / 2;
    const near = Math.abs(at - middle) < 1.5 ? middle : Math.round(at * 2) / 2;
    return round(Math.min(Math.max(near, 0), most));
  };
  return { x: one(wanted.x, seal.width, page.width), y: one(wanted.y, seal.height, page.height) };
}

/** A length that is moved by keys: kept on the page, to a tenth of a millimetre. */
export function moved(at, by, length, whole) {
  return round(Math.min(Math.max(Math.round((at + by) * 10) / 10, 0), Math.max(whole - length, 0)));
}

/** To micrometres: what is written. */
export const round = (length) => Math.round(length * 1000) / 1000;

/**
 * An item in the middle of a page, or with its middle where it was dropped.
 * @param {{seal?: object, picture?: Blob, width?: number, height?: number}} what a seal, or a handwriting with its size
 * @param {number} number the page
 * @param {{width: number, height: number}} page
 * @param {{x: number, y: number}} [middle]
 */
export function placedIn({ seal, picture, width, height }, number, page, middle = { x: page.width / 2, y: page.height / 2 }) {
  const size = seal?.info ?? { width, height };
  const place = snapped({ x: middle.x - size.width / 2, y: middle.y - size.height / 2 }, size, page);
  const placement = { pages: String(number), ...place };
  return seal ? { seal, placement } : { picture, placement: { ...placement, width, height } };
}
