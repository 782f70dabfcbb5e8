// What the page loads for whom: one script, the wasm when the person comes near the button, English on demand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { find, press } from "./support/accessible.mjs";
import { Window } from "./support/browser.mjs";
import { word } from "./support/catalogue.mjs";
import { Person } from "./support/person.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const ENGLISH = "/calock/messages.en.js";

const both = shared();

/** A person at the login page, and the paths of the module's files that the page has asked for. */
async function arrive(before = async () => {}) {
  const window = await Window.open(both.browser);
  const person = new Person(window, both.portal.origin);
  const loaded = [];
  person.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/calock\/[^/]+$/.test(pathname)) loaded.push(pathname);
  });
  await before(person.page);
  await person.arrive();
  return { window, person, page: person.page, loaded };
}

test("a page in Chinese loads one script, and the wasm once the person comes near", { timeout: 60_000 }, async () => {
  const { window, page, loaded } = await arrive();
  assert.deepEqual(loaded, ["/calock/calock.js"]);
  await page.locator("calock-login").hover();
  await until(() => loaded.length > 1, "the wasm to be asked for");
  assert.deepEqual(loaded, ["/calock/calock.js", "/calock/calock_wasm_bg.wasm"]);
  await window.close();
});

test("English comes when it is asked for, once", { timeout: 60_000 }, async () => {
  const { window, page, loaded } = await arrive();
  await press(page, "button", "English");
  await find(page, "button", word("login", "", "en"));
  await press(page, "button", "中文");
  await find(page, "button", word("login"));
  await press(page, "button", "English");
  await find(page, "button", word("login", "", "en"));
  assert.deepEqual(loaded.filter((path) => path === ENGLISH), [ENGLISH]);
  await window.screenshot("english");
  await window.close();
});

test("without English the page goes on in Chinese, and another attempt is not in vain", { timeout: 60_000 }, async () => {
  const { window, page, loaded } = await arrive((page) => page.route(`**${ENGLISH}`, (route) => route.abort()));
  await press(page, "button", "English");
  await until(() => loaded.includes(ENGLISH), "English to be asked for");
  await find(page, "button", word("login"));
  await page.unroute(`**${ENGLISH}`);
  await press(page, "button", "中文");
  await press(page, "button", "English");
  await find(page, "button", word("login", "", "en"));
  await window.close([/Failed to load resource/]);
});
