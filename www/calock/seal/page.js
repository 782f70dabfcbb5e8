/**
 * Seals as pictures true to size: one unit is one millimetre, and they stand by the same numbers that are written into the file.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/** An element of SVG. */
export function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An empty sheet for seals, as clear as glass. */
export function glass({ width, height }, attributes) {
  return s("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", ...attributes });
}

/** A seal, or the slice of it that shows on this page. White is drawn as transparent. */
export function stamp({ place: { x, y, width, height, clip }, seal }) {
  const shown = clip ?? { x: 0, y: 0, width, height };
  const frame = { x: x + shown.x, y: y + shown.y, width: shown.width, height: shown.height };
  const view = `${shown.x} ${shown.y} ${shown.width} ${shown.height}`;
  const image = seal.drawable ? face(seal.picture, { width, height }) : named(seal, width, height);
  return s("svg", { ...frame, viewBox: view, preserveAspectRatio: "none", class: "stamp" }, image);
}

/** A picture's file in a box. @param {Blob} picture */
export const face = (picture, box) => s("image", { ...box, href: address(picture), preserveAspectRatio: "none", class: "face" });

/** A seal's name in a frame, where a browser cannot draw its picture. */
function named(seal, width, height) {
  const name = s("text", { x: width / 2, y: height / 2, "font-size": 4, fill: "#c8161d", "text-anchor": "middle" }, seal.info.name);
  return s("g", {}, s("rect", { width, height, fill: "none", stroke: "#c8161d" }), name);
}

const addresses = new WeakMap();

/** A picture's address; it lives as long as the page, as pictures are few. */
export function address(picture) {
  if (!addresses.has(picture)) addresses.set(picture, URL.createObjectURL(picture));
  return addresses.get(picture);
}
