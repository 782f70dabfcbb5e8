// 手写签名: drawn or taken from a picture, placed and resized, and written with the seal in one pass.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { office, w } from "./support/bidder.mjs";
import { examine } from "./support/examine.mjs";
import { ofd, pdf } from "./support/ofd.mjs";
import { until } from "./support/wait.mjs";

const { file, verified, open } = office();
before(() => {
  writeFileSync(file("bid.ofd"), ofd([[210, 297], [210, 297], [420, 297]], "法定代表人（签字）"));
  writeFileSync(file("bid.pdf"), pdf([[595.28, 841.89], [841.89, 595.28]]));
});

const written = (page) => page.locator("calock-seal .sheets .set:has(.handle)");

/** Writes on the pad: strokes of points, as parts of its width and height. */
async function write(page, strokes) {
  const box = await page.locator("calock-seal canvas.pad").boundingBox();
  for (const [first, ...others] of strokes) {
    const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...at(point), { steps: 6 });
    await page.mouse.up();
  }
}

const NAME = [
  [[0.15, 0.3], [0.35, 0.28]], [[0.25, 0.15], [0.24, 0.5], [0.12, 0.8]], [[0.25, 0.5], [0.38, 0.75]],
  [[0.5, 0.25], [0.62, 0.22], [0.55, 0.45], [0.7, 0.42], [0.52, 0.85], [0.75, 0.7]],
];

test("written on the pad, put on a page, moved and resized by mouse and keys, sealed with the company's seal", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document("bid.pdf", 2);
  await bidder.connect();
  await press(page, "button", w("handwrite"));
  await find(page, "dialog", w("handTitle"));
  await press(page, "button", w("use"));
  await says(page, w("nothingWritten"));
  await write(page, [...NAME, [[0.9, 0.9], [0.95, 0.1]]]);
  await says(page, w("padStrokes", { n: 5 }));
  await press(page, "button", w("undoStroke"));
  await says(page, w("padStrokes", { n: 4 }));
  await examine(page, "pad");
  await bidder.window.screenshot("seal-pad-wide");
  await press(page, "button", w("use"));
  await until(async () => (await written(page).count()) === 1, () => "the handwriting on the page");
  assert.equal(await find(page, "button", w("sign")).then(({ disabled }) => disabled), true, "what is written by hand goes in with a seal");

  await bidder.type(w("width"), 30);
  const height = async () => Number(await written(page).locator("image").getAttribute("height"));
  await until(async () => Number(await written(page).locator("image").getAttribute("width")) === 30, () => "the width that was typed");
  const ratio = (await height()) / 30;
  await bidder.type(w("fromLeft"), 50);
  await written(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await until(async () => (await bidder.field(w("width")).inputValue()) === "32", () => "the keys to make it wider");
  assert.equal(await bidder.field(w("fromLeft")).inputValue(), "51");
  // Ten millimetres more by its handle.
  const sheet = await page.locator("calock-seal .sheets svg.page").first().boundingBox();
  const handle = await written(page).locator(".handle").boundingBox();
  const millimetre = sheet.width / 210;
  const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 10 * millimetre, y, { steps: 4 });
  await page.mouse.up();
  await until(async () => Math.abs(Number(await bidder.field(w("width")).inputValue()) - 42) < 0.3, () => "the handle to make it wider");
  assert.ok(Math.abs((await height()) / Number(await bidder.field(w("width")).inputValue()) - ratio) < 0.001, "it keeps its proportions");
  await press(page, "button", w("undo"));
  await until(async () => (await bidder.field(w("width")).inputValue()) === "32", () => "one step for the drag");

  await page.locator("calock-seal .seals .seal").first().getByText(w("add"), { exact: true }).click();
  await until(async () => (await page.locator("calock-seal .sheets .set").count()) === 2, () => "the seal on the page");
  await bidder.window.screenshot("seal-handwriting-placed");
  await bidder.pin();
  await bidder.sealed("signed.pdf");
  assert.equal(await bidder.signatures(), 1, "one signature for both");
  const { status, signatures } = verified("signed.pdf");
  assert.deepEqual([status, signatures.length], [0, 1]);
  // Each is a picture with a mask.
  const pictures = readFileSync(file("signed.pdf"), "latin1").match(/\/Subtype\s*\/Image/g) ?? [];
  assert.equal(pictures.length, 4, "the seal and the handwriting are in the file");
  await bidder.close(/Connecting to 'blob:.*connect-src/);
});

test("a photograph of a signature loses its paper; by touch on a phone", { timeout: 120_000 }, async () => {
  const bidder = await open("lock.json", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = bidder;
  const photo = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(800, 400);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#e9e4d8";
    pen.fillRect(0, 0, 800, 400);
    pen.strokeStyle = "#1c2a6b";
    pen.lineWidth = 14;
    pen.moveTo(200, 300);
    pen.bezierCurveTo(300, 0, 400, 400, 600, 120);
    pen.stroke();
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  writeFileSync(file("photo.jpg"), Buffer.from(photo));
  writeFileSync(file("no-picture.png"), "no picture");
  await bidder.document();
  await bidder.connect();
  await press(page, "button", w("handwrite"));
  await find(page, "dialog", w("handTitle"));
  // By finger first.
  const box = await page.locator("calock-seal canvas.pad").boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })) });
  await touch("touchStart", [0.2, 0.5]);
  for (let step = 1; step <= 12; step += 1) await touch("touchMove", [0.2 + step * 0.05, 0.5 + 0.25 * Math.sin(step)]);
  await touch("touchEnd");
  await says(page, w("padStrokes", { n: 1 }));
  await bidder.window.screenshot("seal-pad-phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the screen");
  const input = page.locator("calock-seal dialog input[type=file]");
  await input.setInputFiles(file("no-picture.png"));
  await says(page, w("badPicture"));
  await input.setInputFiles(file("photo.jpg"));
  await until(async () => (await page.locator("calock-seal .shown img").count()) === 1, () => "the picture");
  await examine(page, "picture of a signature");
  await bidder.window.screenshot("seal-ink-phone");
  await press(page, "button", w("use"));
  await until(async () => (await written(page).count()) === 1, () => "the handwriting on the page");
  const ink = await written(page).locator("image").evaluate(async (image) => {
    const bitmap = await new Promise((done, failed) => {
      const loaded = new Image();
      loaded.onload = () => done(createImageBitmap(loaded));
      loaded.onerror = failed;
      loaded.src = image.getAttribute("href");
    });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, corner: data[3], full: data.some((value, at) => at % 4 === 3 && value > 240) };
  });
  assert.deepEqual([ink.corner, ink.full], [0, true], "paper is transparent, ink is not");
  assert.ok(ink.width < 480, `cut to the ink, not ${ink.width}`);
  await bidder.close(/Connecting to 'blob:.*connect-src/);
});

test("where it cannot be written, that is said before the PIN is asked", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document();
  await bidder.connect();
  await press(page, "button", w("add"));
  await bidder.pin();
  await bidder.sealed("once.ofd");
  await press(page, "button", w("continue"));
  await says(page, w("opened", { n: 3 }));
  await press(page, "button", w("handwrite"));
  await find(page, "dialog", w("handTitle"));
  await write(page, NAME);
  await press(page, "button", w("use"));
  await page.locator("calock-seal .seals .seal").first().getByText(w("add"), { exact: true }).click();
  await until(async () => (await page.locator("calock-seal .sheets .set").count()) === 2, () => "both on the page");
  await press(page, "button", w("sign"));
  await bidder.refused("DOCUMENT_LOCKED");
  assert.equal(await page.locator("calock-seal dialog").count(), 0, "no PIN was asked");
  assert.equal(await page.locator("calock-seal .sheets .set").count(), 2, "the places are kept");
  assert.equal(await bidder.signatures(), 1);
  await bidder.close();
});
