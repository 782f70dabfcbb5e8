// Sealing in the page as a bidder does it: a document is opened, seals are put where they belong, the lock signs once, and another
// program judges the file that comes out.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { COMPANY, office, w } from "./support/bidder.mjs";
import { message } from "./support/catalogue.mjs";
import { examine } from "./support/examine.mjs";
import { ofd, pdf } from "./support/ofd.mjs";
import { ROOT } from "./support/portal.mjs";
import { until } from "./support/wait.mjs";

const { file, verified, open } = office();
before(() => writeFileSync(file("bid.ofd"), ofd([[210, 297], [210, 297], [420, 297]], "投标文件")));

test("a company's seal on several pages and across all, moved by mouse and keys; the file holds what the preview shows", async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document();
  await bidder.connect();
  await press(page, "button", w("add"));
  await bidder.type(w("pages"), "1-2");
  await bidder.type(w("fromLeft"), 120.5);
  await bidder.type(w("fromTop"), 200);
  const stamp = page.locator("calock-seal .set").first();
  await stamp.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Shift+ArrowUp");
  await until(async () => (await bidder.field(w("fromTop")).inputValue()) === "190.1", () => "the keys to move the seal");
  assert.equal(await bidder.field(w("fromLeft")).inputValue(), "119.5");
  await press(page, "button", w("undo"));
  await until(async () => (await bidder.field(w("fromTop")).inputValue()) === "200.1", () => "the last step to be undone");

  // Dragged by the mouse, 20 millimetres to the left of where it was.
  const sheet = await page.locator("calock-seal .sheets svg.page").first().boundingBox();
  const box = await stamp.boundingBox();
  const millimetre = sheet.width / 210;
  await page.mouse.move(box.x + box.width / 2, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 20 * millimetre, box.y + 10, { steps: 5 });
  await page.mouse.up();
  await until(async () => (await bidder.field(w("fromLeft")).inputValue()) === "99.5", () => "the mouse to move the seal");

  await press(page, "button", w("addAcross"));
  await until(async () => (await page.locator("calock-seal .set").count()) === 5, () => "two seals and three slices");
  await bidder.window.screenshot("seal-placed");
  await bidder.pin();
  assert.equal(await bidder.sealed("sealed.ofd"), "bid-已签章.ofd");
  await bidder.window.screenshot("seal-sealed");
  assert.equal(await bidder.signatures(), 1, "one signature for all places");

  const { status, signatures } = verified("sealed.ofd");
  assert.equal(status, 0);
  assert.deepEqual(signatures[0].stamps.map(({ page: number, boundary, clip }) => [number, boundary, clip]), [
    [1, "99.5 200 42 42", null], [2, "99.5 200 42 42", null],
    [1, "196 127.5 42 42", "0 0 14 42"], [2, "182 127.5 42 42", "14 0 14 42"], [3, "378 127.5 42 42", "28 0 14 42"],
  ]);
  // And a checker in another language.
  execFileSync("python3", [`${ROOT}/tests/ofd_check/ofd_check.py`, file("sealed.ofd")]);

  const changed = readFileSync(file("sealed.ofd"));
  changed[changed.indexOf("投标文件")] ^= 1;
  writeFileSync(file("changed.ofd"), changed);
  assert.equal(verified("changed.ofd").status, 1, "a changed byte is noticed");
  await bidder.close();
});

test("the company's and the legal person's seal under one PIN, then one more; each covers those before", async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document();
  await bidder.connect();
  await bidder.choose("person.esl", 1);
  await says(page, w("sealAdded"));
  await press(page, "button", w("add"));
  await page.locator("calock-seal .seals .tools").nth(1).getByText(w("add")).click();
  await bidder.type(w("fromLeft"), 20, 1);
  await bidder.pin();
  await bidder.sealed("two.ofd");
  assert.equal(await bidder.signatures(), 2);
  assert.equal(await bidder.virtual((virtual) => virtual.pluggedIn()[0].log.filter(({ name }) => name === "VerifyPIN").length), 1, "one PIN");
  await press(page, "button", w("continue"));
  await says(page, w("opened", { n: 3 }));
  await press(page, "button", w("addAcross"));
  await bidder.pin();
  await bidder.sealed("three.ofd");
  const { status, signatures } = verified("three.ofd");
  assert.deepEqual([status, signatures.map(({ seal }) => seal.name)], [0, [COMPANY, "李四", COMPANY]]);
  await bidder.close();
});

test("a PDF is sealed too, and its structure is whole", async () => {
  writeFileSync(file("bid.pdf"), pdf([[595.28, 841.89], [841.89, 595.28]]));
  const bidder = await open();
  await bidder.choose("bid.pdf");
  await says(bidder.page, w("opened", { n: 2 }));
  await bidder.connect();
  await press(bidder.page, "button", w("add"));
  await bidder.type(w("pages"), "all");
  await bidder.type(w("fromLeft"), 100);
  await bidder.type(w("fromTop"), 120);
  await press(bidder.page, "button", w("addAcross"));
  await until(async () => (await bidder.page.locator("calock-seal .set").count()) === 4, () => "the seals to be drawn");
  await bidder.window.screenshot("seal-pdf");
  await bidder.pin();
  await bidder.sealed("sealed.pdf");
  const sealed = readFileSync(file("sealed.pdf"));
  const original = readFileSync(file("bid.pdf"));
  assert.ok(sealed.subarray(0, original.length).equals(original), "the original is untouched");
  await bidder.close();
});

test("nothing is signed: a wrong PIN, a lock pulled out, a seal out of the page, a stranger's lock, no seal, no document", async () => {
  const bidder = await open();
  const { page } = bidder;
  writeFileSync(file("broken.ofd"), readFileSync(file("bid.ofd")).subarray(0, 900));
  await bidder.choose("broken.ofd");
  await bidder.refused("DOCUMENT_UNREADABLE");
  await bidder.document();
  await bidder.connect();
  await press(page, "button", w("add"));
  await bidder.type(w("fromLeft"), 168.1);
  await says(page, message("PLACEMENT_INVALID").what);
  assert.equal(await page.locator("calock-seal .set").count(), 0, "what cannot be written is not shown");
  await press(page, "button", w("sign"));
  await bidder.refused("PLACEMENT_INVALID");
  await bidder.type(w("fromLeft"), 168);
  await bidder.pin("87654321");
  await bidder.refused("PIN_WRONG");
  assert.equal(await bidder.signatures(), 0, "a wrong PIN is not repeated, and nothing is signed");
  await bidder.virtual((virtual) => virtual.pluggedIn()[0].inject("unplug-while@ECCSignData"));
  await bidder.pin();
  await bidder.refused("DISCONNECTED");
  await bidder.close();

  const stranger = await open("stranger.json");
  await stranger.document();
  await stranger.connect(0);
  await stranger.choose("company.esl", 1);
  await says(stranger.page, w("notThisLock"));
  await press(stranger.page, "button", w("add"));
  await press(stranger.page, "button", w("sign"));
  await stranger.refused("SEAL_MISMATCH");
  await stranger.close();
});

test("the self-test seals and verifies a sheet of its own, with a seal of the lock and without", async () => {
  for (const [lock, inLock, count] of [["lock.json", true, 1], ["bare.json", false, 2]]) {
    const bidder = await open(lock);
    const result = await bidder.page.evaluate(async () => {
      const { locks } = await import("/calock/api.js");
      const { sealTest } = await import("/calock/api-seal.js");
      const [known] = await locks.known();
      const { ok, code, sealInLock, report, picture } = await sealTest(known, { pin: () => "12345678" });
      return { ok, code, sealInLock, integrity: report.checks.integrity, picture: picture.querySelectorAll("image").length };
    });
    assert.deepEqual(result, { ok: true, code: null, sealInLock: inLock, integrity: "ok", picture: 1 });
    assert.equal(await bidder.signatures(), count);
    await bidder.close();
  }
});

test("axe finds nothing, on a wide screen and on a phone", async () => {
  for (const [name, viewport] of [["wide", { width: 1280, height: 900 }], ["phone", { width: 390, height: 844 }]]) {
    const bidder = await open("lock.json", { viewport });
    await bidder.document();
    await bidder.connect();
    await press(bidder.page, "button", w("add"));
    await press(bidder.page, "button", w("addAcross"));
    await until(async () => (await bidder.page.locator("calock-seal .set").count()) === 4, () => "the seals to be drawn");
    await examine(bidder.page, `sealing, ${name}`);
    await bidder.window.screenshot(`seal-${name}`);
    assert.ok(await bidder.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: nothing is wider than the screen`);
    await press(bidder.page, "button", w("sign"));
    await find(bidder.page, "textbox", "证书密码");
    await examine(bidder.page, `PIN, ${name}`);
    await bidder.window.screenshot(`seal-pin-${name}`);
    // axe asks for pictures by their address once more; the page does not.
    await bidder.close(/Connecting to 'blob:.*connect-src/);
  }
});
