/**
 * A page of an OFD document as a picture true to size: one unit is one millimetre.
 * @module
 */
import { s, stamp } from "./page.js";

/**
 * @param {{size: {width: number, height: number}, content?: object[], label: string, stamps?: {place: object, seal: object}[]}} page
 * @returns {SVGSVGElement}
 */
export function drawPage({ size: { width, height }, content = [], label, stamps = [] }) {
  const picture = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "page" });
  picture.append(s("rect", { width, height, fill: "#fff" }), ...content.map(object), ...stamps.map(stamp));
  return picture;
}

const FONT = "SimSun, 'Noto Serif CJK SC', serif";

/** What the module says of a page: letters where they stand, lines and areas, pictures as empty frames. */
function object({ at, matrix, kind, xs, y, size, text, colour, data, line, stroke, fill }) {
  const place = s("g", { transform: `translate(${at.x} ${at.y})${matrix ? ` matrix(${matrix})` : ""}` });
  if (kind === "text") {
    place.append(s("text", { x: xs, y, "font-size": size, fill: rgb(colour), "font-family": FONT }, text));
  } else if (kind === "path") {
    const pen = { fill: fill ? rgb(fill) : "none", stroke: line ? rgb(stroke) : "none", "stroke-width": line ?? undefined };
    place.append(s("path", { d: data, ...pen }));
  } else {
    place.setAttribute("transform", `translate(${at.x} ${at.y})`);
    place.append(s("rect", { width: at.width, height: at.height, fill: "#e8ebee", stroke: "#b7c0c8", "stroke-width": 0.2 }));
  }
  return place;
}

const rgb = (numbers) => `rgb(${numbers ?? "0,0,0"})`;
