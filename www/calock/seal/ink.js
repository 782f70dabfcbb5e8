/**
 * A picture of a signature on paper, without the paper.
 * @module
 */

/** Pixels along the longer side: more than any printer shows of a signature. */
const LONGEST = 1600;
/** Where paper begins and ink is full, as parts of the paper's own brightness. */
const [PAPER, INK] = [0.86, 0.5];

/**
 * Reads a picture's file, as it is meant to be held.
 * @param {Blob} file
 * @returns {Promise<OffscreenCanvas>}
 */
export async function pictureOf(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = new OffscreenCanvas(Math.max(Math.round(image.width * scale), 1), Math.max(Math.round(image.height * scale), 1));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return canvas;
}

/** The ink alone, cut to what there is of it; the picture itself where nothing is left. @param {OffscreenCanvas} picture */
export function inkOf(picture) {
  const { width, height } = picture;
  const image = picture.getContext("2d").getImageData(0, 0, width, height);
  const { data } = image;
  const paper = brightness(data);
  const box = { left: width, top: height, right: -1, bottom: -1 };
  for (let at = 0; at < data.length; at += 4) {
    const light = lightOf(data, at) / paper;
    const ink = Math.min(Math.max((PAPER - light) / (PAPER - INK), 0), 1);
    // What the paper shone through of the ink's colour is taken away with it.
    for (const part of [at, at + 1, at + 2]) if (ink > 0) data[part] = (data[part] - (1 - ink) * paper) / ink;
    data[at + 3] *= ink;
    if (data[at + 3] > 24) grow(box, (at / 4) % width, Math.floor(at / 4 / width));
  }
  if (box.right < 0) return picture;
  const [wide, high] = [box.right - box.left + 1, box.bottom - box.top + 1];
  const canvas = new OffscreenCanvas(wide, high);
  canvas.getContext("2d").putImageData(image, -box.left, -box.top, box.left, box.top, wide, high);
  return canvas;
}

function grow(box, x, y) {
  box.left = Math.min(box.left, x);
  box.right = Math.max(box.right, x);
  box.top = Math.min(box.top, y);
  box.bottom = Math.max(box.bottom, y);
}

const lightOf = (data, at) => 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];

/** The brightness that nine of ten pixels do not pass. */
function brightness(data) {
  const count = new Uint32Array(256);
  let all = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] < 128) continue;
    count[Math.round(lightOf(data, at))] += 1;
    all += 1;
  }
  let seen = 0;
  const paper = count.findIndex((one) => (seen += one) >= all * 0.9);
  return Math.max(paper, 1);
}
