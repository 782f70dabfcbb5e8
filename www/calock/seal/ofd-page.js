/**
 * A page of an OFD document as a picture true to size: one unit is one millimetre.
 * @module
 */
import { face, s, stamp } from "./page.js";

/**
 * @param {{size: {width: number, height: number}, content?: object[], label: string, stamps?: {place: object, seal: object}[],
 *   picture?: (file: string, seal: boolean) => Blob|undefined}} page `picture`: the file of a picture; frames are drawn without
 * @returns {SVGSVGElement}
 */
export function drawPage({ size: { width, height }, content = [], label, stamps = [], picture = () => undefined }) {
  const sheet = s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "page" });
  sheet.append(s("rect", { width, height, fill: "#fff" }), ...content.map((one) => object(one, picture)), ...stamps.map(stamp));
  return sheet;
}

/** Families that a computer may have in place of a font that a document names; the browser looks for the font itself first. */
const FAMILIES = [
  [/楷|kai/i, "KaiTi, STKaiti, 'Noto Serif CJK SC', serif"],
  [/仿宋|fang/i, "FangSong, STFangsong, 'Noto Serif CJK SC', serif"],
  [/黑|雅|hei|gothic|sans|arial|helvetica|等线|dengxian/i, "SimHei, 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', sans-serif"],
  [/courier|mono|consol/i, "'Courier New', 'Liberation Mono', monospace"],
  [/./, "SimSun, STSong, 'Noto Serif CJK SC', serif"],
];

function families(name) {
  // What stands between the quotes is a name and nothing else.
  const own = (name ?? "").replace(/["'\\;{}<>]/g, "").trim();
  const [, like] = FAMILIES.find(([shape]) => shape.test(own || "宋"));
  return own ? `"${own}", ${like}` : like;
}

/** One thing on the page: letters where they stand, lines and areas, pictures, and the seals that the document has. */
function object(one, picture) {
  const { at, matrix, kind, alpha } = one;
  const place = s("g", { transform: `translate(${at.x} ${at.y})`, opacity: alpha === null || alpha === undefined ? undefined : alpha / 255 });
  const inner = matrix ? place.appendChild(s("g", { transform: `matrix(${matrix})` })) : place;
  if (kind === "text") inner.append(letters(one));
  else if (kind === "path") inner.append(outline(one));
  else if (kind === "seal") place.append(sealed(one, picture));
  else (picture(one.file, false) ? inner : place).append(pictured(one, picture));
  return place;
}

function letters({ xs, y, size, text, colour, font, weight, slant, turn }) {
  const look = { "font-size": size, fill: rgb(colour), "font-family": families(font), "font-weight": weight, "font-style": slant };
  return s("text", { x: xs, y, rotate: turn ?? undefined, "xml:space": "preserve", ...look }, text);
}

function outline({ data, line, stroke, fill, rule, dash }) {
  const pen = line ? { stroke: rgb(stroke), "stroke-width": line, "stroke-dasharray": dash } : { stroke: "none" };
  return s("path", { d: data, fill: fill ? rgb(fill) : "none", "fill-rule": rule, ...pen });
}

/** A picture fills the square of one millimetre under its matrix, or its box when it has none; a frame where it cannot be shown. */
function pictured({ at, matrix, file }, picture) {
  const data = file && picture(file, false);
  const side = matrix ? { width: 1, height: 1 } : { width: at.width, height: at.height };
  if (data) return face(data, side);
  return s("rect", { width: at.width, height: at.height, fill: "#e8ebee", stroke: "#b7c0c8", "stroke-width": 0.2 });
}

/** A seal that the document has already, or the slice of it that shows here. */
function sealed({ at, clip, file }, picture) {
  const data = picture(file, true);
  const seal = { drawable: Boolean(data), picture: data, info: { name: "" } };
  return stamp({ place: { x: 0, y: 0, width: at.width, height: at.height, clip: clip ?? null }, seal });
}

const rgb = (numbers) => `rgb(${numbers ?? "0,0,0"})`;
