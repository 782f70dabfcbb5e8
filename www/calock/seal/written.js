/**
 * Pictures as the modules take them.
 * @module
 */
import { CalockError } from "../errors.js";

/** A picture of another kind as PNG. @param {Blob} picture @returns {Promise<Uint8Array>} */
export const asPng = async (picture) => pngOf(await drawn(picture));

/** More pixels than a handwritten signature needs; photographs have twelve million. */
const MOST_PIXELS = 2 ** 21;

/** A handwritten signature as the module takes it: PNG or JPEG. In OFD, which cannot multiply, white becomes transparent. */
export async function written({ bytes, blob = new Blob([bytes]), ...place }, kind) {
  const start = new Uint8Array(await blob.slice(0, 3).arrayBuffer()).join();
  // Photographs say by the way which side is up, and where they were taken: neither goes into a document.
  if (start === "137,80,78" && kind === "pdf") return { ...place, bytes: new Uint8Array(await blob.arrayBuffer()) };
  const canvas = await drawn(blob, MOST_PIXELS);
  const pen = canvas.getContext("2d");
  const image = pen.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  let opaque = true;
  for (let at = 3; at < data.length; at += 4) opaque &&= data[at] === 255;
  for (let at = 0; opaque && at < data.length; at += 4) {
    const white = Math.min(data[at], data[at + 1], data[at + 2]);
    for (const part of [at, at + 1, at + 2]) data[part] = ((data[part] - white) * 255) / (255 - white);
    data[at + 3] = 255 - white;
  }
  pen.putImageData(image, 0, 0);
  return { ...place, bytes: await pngOf(canvas) };
}

async function drawn(blob, most = Infinity) {
  const image = await createImageBitmap(blob).catch(() => {
    throw new CalockError("PICTURE_UNREADABLE");
  });
  const scale = Math.min(1, Math.sqrt(most / (image.width * image.height)));
  const canvas = new OffscreenCanvas(Math.ceil(image.width * scale), Math.ceil(image.height * scale));
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

async function pngOf(canvas) {
  const png = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await png.arrayBuffer());
}
