// Nothing that somebody placed is lost: by the other language, by leaving, by a cancelled PIN, by a lock that is pulled out.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { office, w } from "./support/bidder.mjs";
import { examine } from "./support/examine.mjs";
import { ofd } from "./support/ofd.mjs";
import { ROOT } from "./support/portal.mjs";
import { until } from "./support/wait.mjs";

const ENGLISH = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).seal;
const english = (key, values = {}) => ENGLISH[key].en.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const { file, verified, open } = office();
before(() => writeFileSync(file("bid.ofd"), ofd([[210, 297], [210, 297], [420, 297]], "投标文件")));

const sets = (page) => page.locator("calock-seal .sheets .set");

async function placed(bidder) {
  await bidder.document();
  await bidder.connect();
  await press(bidder.page, "button", w("add"));
  await bidder.type(w("fromLeft"), 61.5);
  await press(bidder.page, "button", w("addAcross"));
  await until(async () => (await sets(bidder.page).count()) === 4, () => "a seal and three slices");
}

/** Whether the page would ask before it is left. */
const asks = (page) => page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));

test("the other language keeps file, seals, places, lock and what can be undone; and is sealed in", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await placed(bidder);
  await page.evaluate(() => { document.querySelector("calock-seal").kept = true; });
  await page.locator("calock-seal .viewbar select").selectOption("75");
  const connects = () => bidder.virtual((virtual) => virtual.pluggedIn()[0].log.length);
  const before = await connects();
  await press(page, "button", "English");
  await says(page, english("stepPlaces"));
  assert.equal(await page.evaluate(() => document.querySelector("calock-seal").kept), true, "the same element");
  assert.equal(await sets(page).count(), 4);
  await says(page, english("fileFacts", { name: "bid.ofd", n: 3, size: "0.0" }));
  await says(page, english("pageLabel", { n: 1, width: 210, height: 297 }));
  assert.match(await sets(page).first().getAttribute("aria-label"), /61\.5 mm from the left/);
  assert.equal(await bidder.field(english("fromLeft")).inputValue(), "61.5");
  assert.equal(await page.locator("calock-seal .viewbar select").inputValue(), "75", "as large as before");
  assert.equal(await connects(), before, "nothing was said to the lock");
  const left = await page.locator("calock-seal").evaluate((element) => element.shadowRoot.textContent);
  assert.deepEqual([...left.matchAll(/[一-鿿]+/g)].map(([word]) => word).filter((word) => !/^示例建设有限公司$|^投标文件$/.test(word)), [], "no Chinese is left");
  await examine(page, "sealing in English");
  await bidder.window.screenshot("seal-english");
  await press(page, "button", english("undo"));
  await until(async () => (await sets(page).count()) === 1, () => "the last step to be undone");
  await press(page, "button", english("sign"));
  await find(page, "textbox", "PIN");
  await page.keyboard.type("12345678");
  await page.keyboard.press("Enter");
  await says(page, english("sealedAndChecked"), 30);
  await press(page, "button", "中文");
  await says(page, w("allHold", { n: 1 }));
  await bidder.sealed("both.ofd");
  assert.equal(verified("both.ofd").status, 0);
  await bidder.close(/Connecting to 'blob:.*connect-src/);
});

test("leaving asks only while places would be lost", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  assert.equal(await asks(page), false, "nothing is open");
  await bidder.document();
  await bidder.connect();
  assert.equal(await asks(page), false, "nothing is placed");
  await press(page, "button", w("add"));
  assert.equal(await asks(page), true);
  await press(page, "button", w("remove"));
  assert.equal(await asks(page), false, "removed again");
  await press(page, "button", w("undo"));
  assert.equal(await asks(page), true);
  await bidder.pin();
  await bidder.sealed("left.ofd");
  assert.equal(await asks(page), false, "it is sealed");
  await bidder.type(w("fromLeft"), 20);
  assert.equal(await asks(page), true, "moved after it was sealed");
  await press(page, "button", w("continue"));
  await says(page, w("opened", { n: 3 }));
  assert.equal(await asks(page), false, "another file");
  await bidder.close();
});

test("a cancelled PIN and a lock that is pulled out in the middle keep the places; the second try works", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await placed(bidder);
  await press(page, "button", w("sign"));
  await find(page, "textbox", "证书密码");
  await page.keyboard.press("Escape");
  await bidder.refused("PIN_CANCELLED");
  assert.equal(await sets(page).count(), 4);
  assert.equal(await asks(page), true);

  await bidder.virtual((virtual) => virtual.pluggedIn()[0].inject("unplug-while@ECCSignData"));
  await bidder.pin();
  await bidder.refused("DISCONNECTED");
  await bidder.window.screenshot("seal-unplugged");
  assert.equal(await sets(page).count(), 4, "the places are kept");
  await bidder.virtual((virtual, text) => virtual.plug(text, { granted: true }).then(() => {}), readFileSync(file("lock.json"), "utf8"));
  // A place that is added now is of the same seal: one signature.
  await press(page, "button", w("add"));
  await bidder.pin();
  await bidder.sealed("second.ofd");
  const { status, signatures } = verified("second.ofd");
  assert.deepEqual([status, signatures.length, signatures[0].stamps.length], [0, 1, 5]);
  await bidder.close();
});

test("with the keyboard alone: from the file to the sealed file", { timeout: 120_000 }, async () => {
  const bidder = await open();
  const { page } = bidder;
  await bidder.document();
  /** Goes on with Tab until what has the focus is called so. */
  const reach = async (name) => {
    for (let steps = 0; steps < 80; steps += 1) {
      const here = await page.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
      });
      if (name instanceof RegExp ? name.test(here) : here.trim() === name) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} cannot be reached`);
  };
  await reach(w("connect"));
  await page.keyboard.press("Enter");
  await says(page, w("sealsFound", { n: 1 }));
  await page.locator("calock-seal").evaluate((element) => element.shadowRoot.querySelector("h2").focus());
  await reach(w("add"));
  await page.keyboard.press("Enter");
  await until(async () => (await sets(page).count()) === 1, () => "the seal");
  await reach(/距左边 84 毫米/);
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("PageDown");
  await until(async () => (await sets(page).first().getAttribute("data-page")) === "2", () => "the seal on the next page");
  await reach(w("everyPage"));
  await page.keyboard.press("Enter");
  await until(async () => (await sets(page).count()) === 3, () => "the seal on every page");
  await reach(w("sign"));
  await page.keyboard.press("Enter");
  await find(page, "textbox", "证书密码");
  await page.keyboard.type("12345678");
  await page.keyboard.press("Enter");
  await says(page, w("sealedAndChecked"), 30);
  await reach(w("download"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  await download.saveAs(file("keys.ofd"));
  const { status, signatures } = verified("keys.ofd");
  assert.deepEqual([status, signatures[0].stamps.map(({ page: number, boundary }) => [number, boundary])], [0, [1, 2, 3].map((number) => [number, "74 127.5 42 42"])]);
  await bidder.close();
});
