// Looking at a document: pages drawn and let go of, sizes, small pages, keys; and that sealing goes on where nothing can be drawn.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { office, w } from "./support/bidder.mjs";
import { examine } from "./support/examine.mjs";
import { ofd } from "./support/ofd.mjs";
import { printed } from "./support/prints.mjs";
import { until } from "./support/wait.mjs";

const { both, file, open } = office();

/** What is drawn now. */
function drawn(page) {
  return page.locator("calock-seal").evaluate(({ shadowRoot }) => {
    const canvases = [...shadowRoot.querySelectorAll(".sheets canvas")];
    return {
      pages: canvases.map((canvas) => Number(canvas.closest(".sheet").dataset.number)),
      width: canvases[0]?.width,
      pixels: [...shadowRoot.querySelectorAll("canvas")].reduce((sum, { width, height }) => sum + width * height, 0),
      current: shadowRoot.querySelector(".thumb[aria-current]")?.textContent.trim(),
    };
  });
}

const on = (page, number) => until(async () => (await drawn(page)).pages.includes(number), () => `page ${number} to be drawn`);

test("of three hundred pages only those near are drawn; field, small pages and keys lead to the others; sizes are drawn sharply", { timeout: 120_000 }, async () => {
  writeFileSync(file("long.pdf"), await printed(both.browser, 300));
  const bidder = await open();
  const { page } = bidder;
  await bidder.document("long.pdf", 300);
  await on(page, 1);
  assert.ok((await drawn(page)).pages.length <= 4, "what is far is not drawn");
  const field = page.locator("calock-seal").getByLabel(w("goTo"), { exact: true });
  await field.fill("200");
  await field.press("Enter");
  await on(page, 200);
  await until(async () => /200/.test((await drawn(page)).current), () => "the small page 200 to be marked");
  await until(async () => !(await drawn(page)).pages.includes(1), () => "page 1 to be let go of");
  assert.ok((await drawn(page)).pixels < 20e6, "memory does not grow with the pages");

  await page.locator("calock-seal .thumb[aria-current]").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await until(async () => /202/.test((await drawn(page)).current), () => "keys to lead to page 202");
  await on(page, 202);
  await page.keyboard.press("Home");
  await on(page, 1);

  const zoom = page.locator("calock-seal").getByLabel(w("zoom"), { exact: true });
  for (const [value, width] of [["200", 1587], ["50", 397]]) {
    await zoom.selectOption(value);
    await until(async () => Math.abs((await drawn(page)).width - width) <= 2, () => `pages to be drawn anew at ${value} %`);
  }
  await page.locator("calock-seal .sheets").focus();
  await page.keyboard.press("+");
  assert.equal(await zoom.inputValue(), "75");
  await page.keyboard.press("0");
  assert.equal(await zoom.inputValue(), "width");
  await zoom.selectOption("page");
  const fits = await page.locator("calock-seal .sheets").evaluate((all) => all.querySelector(".paper").clientHeight <= all.clientHeight);
  assert.ok(fits, "a whole page fits");
  await bidder.close();
});

test("on a phone the small pages are a strip that opens, and axe finds nothing", async () => {
  writeFileSync(file("short.pdf"), await printed(both.browser, 3));
  const bidder = await open("lock.json", { viewport: { width: 390, height: 844 } });
  const { page } = bidder;
  await bidder.document("short.pdf", 3);
  const strip = page.locator("calock-seal .thumbs-side");
  assert.ok(await strip.isHidden(), "closed at first");
  await press(page, "button", w("thumbs"));
  await until(() => strip.isVisible(), () => "the strip to open");
  await until(async () => (await strip.locator("canvas").count()) === 3, () => "the small pages to be drawn");
  await strip.locator(".thumb").nth(2).click();
  await on(page, 3);
  await examine(page, "the pages on a phone");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the screen");
  await bidder.window.screenshot("seal-view-phone");
  await bidder.close();
});

test("where PDF.js cannot run the pages are empty, say so, and can be sealed", async () => {
  writeFileSync(file("plain.pdf"), await printed(both.browser, 1));
  const bidder = await open();
  const { page } = bidder;
  await page.route("**/pdfjs/pdf.worker.min.mjs", (route) => route.abort());
  await bidder.document("plain.pdf", 1);
  await says(page, w("pageNotDrawn"));
  await bidder.connect();
  await press(page, "button", w("add"));
  await bidder.pin();
  await bidder.sealed("sealed-plain.pdf");
  await bidder.close(/pdf\.worker|ERR_FAILED/);
});

test("an OFD document shows the seals that it has when it is opened again", async () => {
  writeFileSync(file("bid.ofd"), ofd([[210, 297]], "投标文件"));
  const bidder = await open();
  const { page } = bidder;
  await bidder.document("bid.ofd", 1);
  await bidder.connect();
  await press(page, "button", w("add"));
  await bidder.pin();
  await bidder.sealed("sealed.ofd");
  await press(page, "button", w("continue"));
  await find(page, "button", w("sign"));
  const seal = page.locator("calock-seal .sheets .drawing .stamp");
  await until(async () => (await seal.count()) === 1, () => "the seal to be drawn with the page");
  const [x, y] = await seal.evaluate((one) => { const { x: left, y: top } = one.getBoundingClientRect(); const { x: from, y: above, width } = one.closest(".paper").getBoundingClientRect(); return [left - from, top - above].map((length) => (length / width) * 210); });
  assert.ok(Math.abs(x - 84) < 0.3 && Math.abs(y - 127.5) < 0.3, `where it was set: ${x}, ${y}`);
  await bidder.window.screenshot("seal-view-ofd");
  await bidder.close();
});
