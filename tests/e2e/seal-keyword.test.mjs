// 关键字盖章: a word is looked for in the document, and the seal is put on every place of it, or on one.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { find, focused, press, says } from "./support/accessible.mjs";
import { COMPANY, office, w } from "./support/bidder.mjs";
import { examine } from "./support/examine.mjs";
import { ofd } from "./support/ofd.mjs";
import { printed } from "./support/prints.mjs";
import { until } from "./support/wait.mjs";

const { both, file, verified, open } = office();
before(() => writeFileSync(file("bid.ofd"), ofd([[210, 297], [210, 297], [60, 60]], "投标人（盖章）")));

const dialog = async (page) => (await find(page, "dialog", w("keywordTitle"))) && page.locator("calock-seal dialog");
const sets = (page) => page.locator("calock-seal .sheets .set");

test("by keyword on all its places, those that do not fit named; one step; moved, removed and sealed", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document();
  await bidder.connect();
  await press(page, "button", w("addByKeyword"));
  const asked = await dialog(page);
  assert.equal((await focused(page)).name, w("word"));
  await page.keyboard.press("Enter");
  await page.keyboard.type("没有的字");
  await page.keyboard.press("Enter");
  await says(page, w("noWord", { word: "没有的字" }));
  await page.keyboard.press("Control+A");
  // Half-width brackets, and a blank: the same word to a reader.
  await page.keyboard.type("(盖 章)");
  await page.keyboard.press("Enter");
  await says(page, w("found", { n: 3, pages: [1, 2, 3].map((number) => w("onPage", { page: number, n: 1 })).join(w("comma")) }));
  const told = await asked.locator(".problem-line").textContent();
  assert.match(told, /第 3 页/, "the place on the small page is named");
  await examine(page, "keyword");
  await bidder.window.screenshot("seal-keyword-wide");
  await find(page, "button", w("addPlaces", { n: 2 }));
  await page.keyboard.press("Enter");
  await until(async () => (await sets(page).count()) === 2, () => "two seals");
  await says(page, w("addedByKeyword", { name: COMPANY, n: 2 }));
  await press(page, "button", w("undo"));
  await until(async () => (await sets(page).count()) === 0, () => "both to be taken back at once");
  await press(page, "button", w("redo"));
  await until(async () => (await sets(page).count()) === 2, () => "both to be there again");

  // Each is a place of its own.
  await sets(page).nth(1).focus();
  await page.keyboard.press("Delete");
  await until(async () => (await sets(page).count()) === 1, () => "one to be removed");
  await bidder.pin();
  await bidder.sealed("word.ofd");
  const [{ stamps }] = verified("word.ofd").signatures;
  assert.equal(stamps.length, 1);
  await bidder.close(/Connecting to 'blob:.*connect-src/);
});

test("the last place, or the n-th, moved by an offset; on a phone", { timeout: 120_000 }, async () => {
  const bidder = await open("lock.json", { viewport: { width: 390, height: 844 } });
  const { page } = bidder;
  await bidder.document();
  await bidder.connect();
  const ask = async (set) => {
    await press(page, "button", w("addByKeyword"));
    const asked = await dialog(page);
    await asked.getByLabel(w("word")).fill("盖章");
    await press(page, "button", w("search"));
    await says(page, /找到 3 处/);
    await set(asked);
    await bidder.window.screenshot("seal-keyword-phone");
    await press(page, "button", w("addPlaces", { n: 1 }));
  };
  await ask((asked) => asked.getByLabel(w("which_nth"), { exact: true }).check());
  const [left, top] = [Number(await bidder.field(w("fromLeft")).inputValue()), Number(await bidder.field(w("fromTop")).inputValue())];
  await ask(async (asked) => {
    await asked.getByLabel(w("which_nth"), { exact: true }).check();
    await asked.getByLabel(w("nth")).fill("2");
    await asked.getByText(w("offset"), { exact: true }).click();
    await asked.getByLabel(w("right")).fill("12.5");
    await asked.getByLabel(w("down")).fill("-1");
  });
  await until(async () => (await sets(page).count()) === 2, () => "two seals");
  assert.equal(await sets(page).nth(1).getAttribute("data-page"), "2");
  assert.equal(Number(await bidder.field(w("fromLeft")).nth(1).inputValue()), Math.round((left + 12.5) * 1000) / 1000);
  assert.equal(Number(await bidder.field(w("fromTop")).nth(1).inputValue()), Math.round((top - 1) * 1000) / 1000);
  await bidder.close();
});

test("in a PDF, whose words the viewer reads", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  writeFileSync(file("words.pdf"), await printed(both.browser, 2));
  await bidder.document("words.pdf", 2);
  await bidder.connect();
  await press(page, "button", w("addByKeyword"));
  const asked = await dialog(page);
  await asked.getByLabel(w("word")).fill("盖章");
  await page.keyboard.press("Enter");
  await says(page, /找到 \d+ 处/);
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator("calock-seal dialog").count()) === 0, () => "the dialog to be closed");
  assert.equal(await sets(page).count(), 0, "nothing was added");
  await bidder.close();
});
