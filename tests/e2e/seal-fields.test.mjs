// The empty signature fields of a form: shown where they are, and sealed in.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { COMPANY, office, w } from "./support/bidder.mjs";
import { examine } from "./support/examine.mjs";
import { form } from "./support/ofd.mjs";
import { until } from "./support/wait.mjs";

const { file, verified, open } = office();
const FIELDS = [{ name: "Company", page: 1, x: 20, y: 200, width: 60, height: 50 }, { name: "Person", page: 2, x: 100, y: 40, width: 60, height: 50 }];
before(() => writeFileSync(file("form.pdf"), form(2, FIELDS)));

const boxes = (page) => page.locator("calock-seal .sheets .empty-field");
const sets = (page) => page.locator("calock-seal .sheets .set");

test("fields are outlined and listed; one is sealed by click, one by keys with the seal that was chosen", { timeout: 120_000 }, async () => {
  for (const [name, viewport] of [["wide", { width: 1280, height: 900 }], ["phone", { width: 390, height: 844 }]]) {
    const bidder = await open("lock.json", { viewport });
    const { page } = bidder;
    await bidder.document("form.pdf", 2);
    await until(async () => (await boxes(page).count()) === 2, () => "both fields");
    await boxes(page).first().click();
    await says(page, w("sealFirst"));
    await bidder.connect();
    await bidder.choose("person.esl", 1);
    await says(page, w("sealAdded"));
    await examine(page, `fields, ${name}`);
    await bidder.window.screenshot(`seal-fields-${name}`);
    await boxes(page).first().click();
    await find(page, "dialog", w("chooseSeal"));
    await examine(page, `which seal, ${name}`);
    await page.keyboard.press("Enter");
    await until(async () => (await boxes(page).count()) === 1 && (await sets(page).count()) === 1, () => "the seal in the field");
    await boxes(page).first().focus();
    await page.keyboard.press("Enter");
    await find(page, "dialog", w("chooseSeal"));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await until(async () => (await sets(page).count()) === 2, () => "the other seal");
    assert.deepEqual(await sets(page).evaluateAll((all) => all.map((one) => one.dataset.page)), ["1", "2"]);
    const middle = await sets(page).first().locator(".grip").evaluate((grip) => ["x", "y", "width", "height"].map((key) => Number(grip.getAttribute(key))));
    assert.ok(Math.abs(middle[0] + middle[2] / 2 - 50) < 0.01 && Math.abs(middle[1] + middle[3] / 2 - 225) < 0.01, `in the middle of the field, not ${middle}`);
    await sets(page).first().focus();
    await page.keyboard.press("Delete");
    await until(async () => (await boxes(page).count()) === 1, () => "the field to be empty again");
    await press(page, "button", w("undo"));
    await until(async () => (await sets(page).count()) === 2, () => "it to be back");
    await bidder.pin();
    await bidder.sealed(`${name}.pdf`);
    const { status, signatures } = verified(`${name}.pdf`);
    assert.deepEqual([status, signatures.map(({ seal, stamps }) => [seal.name, stamps[0].page])], [0, [[COMPANY, 1], ["李四", 2]]]);
    await press(page, "button", w("continue"));
    await says(page, w("opened", { n: 2 }));
    assert.equal(await boxes(page).count(), 0, "no field is empty any more");
    await bidder.close(/Connecting to 'blob:.*connect-src/);
  }
});
