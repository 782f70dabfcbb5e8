/**
 * From what a person placed to where it stands and what is sealed: the preview and the file come from the same numbers.
 * @module
 */
import { CalockError } from "../errors.js";

/**
 * Where an item stands, page by page, as it will be written.
 * @param {import("./document.js").SealDocument} document
 * @param {{seal?: object, placement: object}} item
 * @returns {Promise<object[]>} SealPlace in index.d.ts
 * @throws {CalockError} as `document.places()`
 */
export async function placesOf(document, { seal, placement }) {
  if (seal) return document.places(seal, [placement]);
  const { pages, x, y, width, height } = placement;
  const size = document.pages[pages - 1];
  const fits = size && x >= 0 && y >= 0 && width > 0 && x + width <= size.width + SLACK && y + height <= size.height + SLACK;
  if (!fits) throw new CalockError("PLACEMENT_INVALID");
  return [{ page: Number(pages), x, y, width, height, clip: null }];
}

/** Half a micrometre: what rounding may add. */
const SLACK = 0.0005;

/**
 * What `seal()` takes: each seal once, with all its places; a further field of the same seal is a signature of its own.
 * @param {{seal?: object, picture?: Blob, placement: object}[]} items
 * @returns {{stamps: object[], pictures: object[]}}
 */
export function orderOf(items) {
  const stamps = [];
  for (const seal of new Set(items.map((item) => item.seal))) {
    if (!seal) continue;
    const own = items.filter((item) => item.seal === seal).map(({ placement }) => placement);
    const [field, ...further] = own.map((placement) => placement.field).filter(Boolean);
    stamps.push({ seal, placements: own.filter((placement) => !placement.field), field });
    stamps.push(...further.map((name) => ({ seal, placements: [], field: name })));
  }
  const pictures = items.filter(({ picture }) => picture).map(({ picture, placement: { pages, x, y, width, height } }) =>
    ({ blob: picture, page: Number(pages), x, y, width, height }));
  return { stamps, pictures };
}
