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
  return s("svg", { ...frame, viewBox: view, preserveAspectRatio: "none", class: "stamp" }, face(seal, width, height));
}

/** The seal's picture; its name in a frame where a browser cannot draw it. */
function face(seal, width, height) {
  if (seal.drawable) {
    return s("image", { href: address(seal), width, height, preserveAspectRatio: "none", class: "face" });
  }
  const name = s("text", { x: width / 2, y: height / 2, "font-size": 4, fill: "#c8161d", "text-anchor": "middle" }, seal.info.name);
  return s("g", {}, s("rect", { width, height, fill: "none", stroke: "#c8161d" }), name);
}

const addresses = new WeakMap();

/** The picture's address; it lives as long as the page, as seals are few. */
function address(seal) {
  if (!addresses.has(seal)) addresses.set(seal, URL.createObjectURL(seal.picture));
  return addresses.get(seal);
}
