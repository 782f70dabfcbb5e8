// What the preview shows is what the file has: the page on the screen and the sealed file, drawn by another program, are compared
// millimetre by millimetre.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { press, says } from "./support/accessible.mjs";
import { office, w } from "./support/bidder.mjs";
import { boxes } from "./support/pixels.mjs";
import { MARK, box, changed, printed } from "./support/prints.mjs";
import { until } from "./support/wait.mjs";

/** Millimetres that the two may differ: about a pixel of the coarser picture on either side. */
const CLOSE = 0.35;
/** Dots of an inch that the other program draws. */
const DOTS = 254;
/** Cut off from the third page. */
const CROP = { left: 15, top: 40, right: 5, bottom: 20 };

const { both, file, verified, open } = office();

/** The pages as `pdftoppm` draws them. */
function rendered(name) {
  const folder = file(`${name}-pages`);
  mkdirSync(folder, { recursive: true });
  execFileSync("pdftoppm", ["-r", String(DOTS), "-cropbox", "-png", file(name), `${folder}/page`]);
  return [1, 2, 3, 4].map((number) => ({ png: readFileSync(`${folder}/page-${number}.png`) }));
}

/** The pages as they stand on the screen. */
async function shown(page) {
  const pictures = [];
  for (let number = 1; number <= 4; number += 1) {
    const paper = page.locator("calock-seal .sheet .paper").nth(number - 1);
    await paper.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await until(() => paper.evaluate((element) => element.hasAttribute("data-drawn")), () => `page ${number} to be drawn`);
    const part = await paper.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return Object.fromEntries(Object.entries({ x, y, width, height }).map(([key, value]) => [key, value * devicePixelRatio]));
    });
    pictures.push({ png: await page.screenshot(), part });
  }
  return pictures;
}

function close(one, other, what) {
  assert.equal(one.length, other.length, `${what}: ${JSON.stringify({ one, other })}`);
  one.forEach((found, index) => {
    for (const [key, value] of Object.entries(found)) {
      const difference = Math.abs(value - other[index][key]);
      assert.ok(difference <= CLOSE, `${what}: ${key} differs by ${difference.toFixed(3)} mm: ${JSON.stringify({ one, other })}`);
    }
  });
}

test("seals and pages stand where the preview has them, on turned, cropped and scaled pages too", { timeout: 120_000 }, async () => {
  const turned = { 2: "/Rotate 90", 3: `/CropBox ${box(CROP)}`, 4: `/Rotate 270 /CropBox ${box(CROP)} /UserUnit 1.5` };
  writeFileSync(file("printed.pdf"), changed(await printed(both.browser, 4), turned));
  const bidder = await open("lock.json", { viewport: { width: 1500, height: 1500 }, deviceScaleFactor: 3 });
  const { page } = bidder;
  await bidder.document("printed.pdf", 4);
  await bidder.connect();

  // The company's seal is dragged from the list onto the second page, which is turned, and then a little further by mouse.
  const papers = page.locator("calock-seal .sheet .paper");
  await papers.nth(1).evaluate((element) => element.scrollIntoView({ block: "center" }));
  await page.locator("calock-seal .seal").first().dragTo(papers.nth(1), { targetPosition: { x: 700, y: 330 } });
  const stamp = page.locator("calock-seal .set").first();
  const from = await stamp.boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width / 2 - 57, from.y + from.height / 2 + 31, { steps: 4 });
  await page.mouse.up();
  await until(async () => (await stamp.boundingBox())?.x < from.x - 40, () => "the seal to be moved");
  await press(page, "button", w("addAcross"));
  // One more on the pages that are cropped, one of them turned and scaled as well.
  await press(page, "button", w("add"));
  await bidder.type(w("pages"), "3-4", 2);
  await bidder.type(w("fromLeft"), 11.3, 1);
  await bidder.type(w("fromTop"), 7.7, 1);
  await until(async () => (await page.locator("calock-seal .set").count()) === 7, () => "three seals and four slices");
  await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.blur());

  const sizes = await page.locator("calock-seal .sheet").evaluateAll((all) => all.map(({ style }) => [Number(style.getPropertyValue("--w")), Number(style.getPropertyValue("--h"))]));
  const preview = await shown(page);
  await bidder.window.screenshot("seal-millimetre");
  await bidder.pin();
  await bidder.sealed("sealed.pdf");
  const pages = rendered("sealed.pdf");
  const { status, signatures } = verified("sealed.pdf");
  assert.equal(status, 0);

  for (const [index, [width, height]] of sizes.entries()) {
    const [seen, drawn] = [await boxes(both.browser, preview[index], width), await boxes(both.browser, pages[index], width)];
    close(seen.red, drawn.red, `the seals on page ${index + 1}`);
    close(seen.blue, drawn.blue, `the mark on page ${index + 1}`);
    // And where it was asked for: its ring reaches the seal's edges, a slice's does not.
    const whole = signatures[0].stamps.filter(({ page: number, clip }) => number === index + 1 && !clip).map(({ boundary }) => numbers(boundary));
    const at = whole.filter(({ width: wide }) => wide > 30);
    close(seen.red.filter(({ width: wide }) => wide > 30), at, `the seal on page ${index + 1} as it was asked for`);
    assert.equal(at.length, index === 0 ? 0 : 1);
    const place = [
      MARK,
      // A quarter turn clockwise: what was at the left is at the top.
      { x: width - MARK.y - MARK.height, y: MARK.x, width: MARK.height, height: MARK.width },
      { ...MARK, x: MARK.x - CROP.left, y: MARK.y - CROP.top },
      // The other way round, and half as large again.
      scaled({ x: MARK.y - CROP.top, y: height / 1.5 - (MARK.x - CROP.left) - MARK.width, width: MARK.height, height: MARK.width }, 1.5),
    ][index];
    close(seen.blue, [place], `the mark on page ${index + 1} where it was printed`);
  }

  // Opened again, PDF.js draws the seals that the file has now.
  await press(page, "button", w("continue"));
  await says(page, w("opened", { n: 4 }));
  for (const [index, picture] of (await shown(page)).entries()) {
    const width = sizes[index][0];
    const [again, drawn] = [await boxes(both.browser, picture, width), await boxes(both.browser, pages[index], width)];
    close(again.red, drawn.red, `the seals that page ${index + 1} of the file has`);
  }
  await bidder.window.screenshot("seal-again");
  await bidder.close();
});

function numbers(text) {
  const [x, y, width, height] = text.split(" ").map(Number);
  return { x, y, width, height };
}

function scaled(one, by) {
  return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value * by]));
}
