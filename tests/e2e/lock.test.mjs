// Lock management as a bidder and a counter clerk do it: from the CA's message over a blank lock to the login with it, what is
// refused on the way, and the same for people who listen or hold a phone.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { all, announced, fill, find, focused, press, says, text } from "./support/accessible.mjs";
import { Window } from "./support/browser.mjs";
import { message } from "./support/catalogue.mjs";
import { examine } from "./support/examine.mjs";
import { CALOCK, ROOT } from "./support/portal.mjs";
import { Person } from "./support/person.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const WORDS = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).tools;
const w = (key, n = "") => WORDS[key].zh.replace("{n}", n);
/** What Chromium writes on the console for a refused request; the page tells the person. */
const REFUSED = /Failed to load resource: the server responded with a status of 4\d\d/;

const both = shared();

/** A clerk before the page, with one lock of the desk plugged in. */
class Clerk {
  static async open(name, options) {
    const clerk = new Clerk();
    const { portal, browser } = both;
    clerk.window = await Window.open(browser, options);
    clerk.page = clerk.window.page;
    clerk.origin = portal.origin;
    clerk.lock = await portal.lock(name);
    await clerk.page.goto(`${portal.origin}/lock`);
    await clerk.plug();
    return clerk;
  }

  async plug() {
    await press(this.page, "button", `插入：${this.lock.title}`);
    await says(this.page, `已插入：${this.lock.title}`);
  }

  async connect() {
    await press(this.page, "button", w("connect"));
    await press(this.page, "radio");
    await press(this.page, "button", "连接");
    await says(this.page, w("read"));
  }

  /** The CA's message; gives its code. */
  async authorised() {
    await press(this.page, "button", w("authorise"));
    await says(this.page, "您的制证授权码");
    return this.page.locator("#message").getAttribute("data-code");
  }

  async check(code, pin = "12345678") {
    await fill(this.page, "textbox", w("code"), code);
    await fill(this.page, "textbox", w("initialPin"), pin);
    await press(this.page, "button", w("check"));
  }

  async isTold(code, tries = "") {
    await until(async () => (await this.page.locator("#problem").getAttribute("data-code")) === code, `the code ${code}`).catch(async (error) => {
      throw new Error(`${error.message}; the page says: ${await text(this.page)}`);
    });
    const { what, todo } = message(code, tries);
    await says(this.page, what);
    await says(this.page, todo);
    assert.ok((await announced(this.page)).join("").includes(what), "it is spoken");
  }

  /** Waits until the page rests. */
  rests() {
    return until(async () => (await this.page.evaluate(() => document.body.getAttribute("aria-busy"))) !== "true", "the page to rest");
  }

  async inject(fault) {
    await this.page.evaluate(async (fault) => {
      const { pluggedIn } = await import("/calock/virtual/virtual.js");
      pluggedIn()[0].inject(fault);
    }, fault);
  }

  screenshot(name) {
    return this.window.screenshot(`lock-${name}`);
  }

  close(expected) {
    return this.window.close(expected);
  }
}

test("D12 D13 D15: a code and a blank lock become a lock that logs in", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("blank");
  const { page } = clerk;
  await clerk.connect();
  await says(page, w("noContainers"));
  await clerk.screenshot("blank");
  const code = await clerk.authorised();
  await clerk.check(code.toLowerCase());
  await says(page, w("orderFound"));
  const holder = await page.locator("#order-facts dd").first().textContent();
  await clerk.screenshot("order");
  await press(page, "button", w("make"));
  await says(page, w("produced"), 30);
  await says(page, w("madeLead"));
  await says(page, "calock-");
  assert.equal(await page.locator("#initial").inputValue(), "", "the PIN is not left in its field");
  await clerk.screenshot("made");

  // The desk keeps what was made on the lock; with it the same person logs in.
  const person = new Person(clerk.window, clerk.origin);
  await person.arrive();
  await says(page, `已插入：${clerk.lock.title}`);
  await person.pressLogin();
  // The lock is known from the page before; where it is not, it is picked again.
  await until(async () => (await person.state()).state === "pin" || (await all(page, "radio")).length > 0, "the PIN question or the chooser");
  if ((await all(page, "radio")).length > 0) {
    await press(page, "radio");
    await press(page, "button", "连接");
  }
  await person.asked();
  await person.typePin("12345678");
  await page.waitForURL(`${clerk.origin}/home`);
  await says(page, holder);

  // The lock is no blank one any more, and the page says so before it asks for anything.
  await page.goto(`${clerk.origin}/lock`);
  await says(page, `已插入：${clerk.lock.title}`);
  await press(page, "button", w("connect"));
  await says(page, w("read"));
  await says(page, w("notBlank"));
  assert.equal((await all(page, "button", w("check"))).length, 0);
  await clerk.screenshot("used");
  await clerk.close();
});

test("codes that are unknown, used or for another key are refused, and the lock stays blank", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("blank");
  const { page } = clerk;
  await clerk.connect();
  await clerk.check("ABCD-EFGH-JKLM");
  await clerk.isTold("AUTHORISATION_UNKNOWN");
  await clerk.screenshot("unknown-code");
  const code = await clerk.authorised();
  // Somebody else makes a lock with the code, between the question for the order and the request.
  await clerk.check(code);
  await says(page, w("orderFound"));
  await spend(clerk.origin, code);
  await press(page, "button", w("make"));
  await clerk.isTold("AUTHORISATION_USED");
  await clerk.rests();
  await says(page, w("noContainers"));
  await clerk.close([REFUSED]);
});

test("a wrong initial PIN costs a try and changes nothing", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("blank");
  const { page } = clerk;
  await clerk.connect();
  const code = await clerk.authorised();
  await clerk.check(code, "00000000");
  await press(page, "button", w("make"));
  await clerk.isTold("PIN_WRONG", 5);
  await clerk.rests();
  await says(page, w("triesLeft", "5"));
  await says(page, w("noContainers"));
  await clerk.close();
});

for (const [fault, code] of [
  ["unplug-while@GenECCKeyPair", "DISCONNECTED"],
  ["unplug-before@ImportECCKeyPair", "DISCONNECTED"],
  ["unplug-after@4C", "DISCONNECTED"],
  ["status=6581@ImportECCKeyPair", "LOCK_STATUS"],
]) {
  test(`what ${fault} left unfinished is finished with the same code`, { timeout: 90_000 }, async () => {
    const clerk = await Clerk.open("blank");
    const { page } = clerk;
    await clerk.connect();
    const authorised = await clerk.authorised();
    await clerk.check(authorised);
    await says(page, w("orderFound"));
    await clerk.inject(fault);
    await press(page, "button", w("make"));
    await clerk.isTold(code);
    await clerk.rests();
    if (code === "DISCONNECTED") {
      await clerk.plug();
      await press(page, "button", w("connect"));
      await says(page, w("read"));
    }
    await says(page, w("unfinished"));
    if (fault.startsWith("unplug-while")) await clerk.screenshot("unfinished");
    await clerk.check(authorised);
    // The field that says yes is required: without it the browser asks for it.
    assert.equal(await page.locator("#order").isHidden(), true, "nothing goes on without a yes");
    await press(page, "checkbox", w("resume"));
    await press(page, "button", w("check"));
    await press(page, "button", w("make"));
    await says(page, w("produced"), 30);
    await clerk.close();
  });
}

test("what was left unfinished is cleared away", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("blank");
  const { page } = clerk;
  await clerk.connect();
  const authorised = await clerk.authorised();
  await clerk.check(authorised);
  await says(page, w("orderFound"));
  await page.route("**/api/ca/certificates", (route) => route.abort());
  await press(page, "button", w("make"));
  await clerk.isTold("AUTHORITY_FAILED");
  await clerk.rests();
  await fill(page, "textbox", w("initialPin"), "12345678");
  await press(page, "button", w("clear"));
  await says(page, w("cleared"));
  await says(page, w("noContainers"));
  await clerk.close([/ERR_FAILED/]);
});

test("certificates, files and the label of a lock in use; its PIN is not changed", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("enterprise");
  const { page } = clerk;
  await clerk.connect();
  await says(page, "示例建设有限公司");
  await says(page, w("pinUnknown"));
  for (const title of [w("signing"), w("encryption")]) await find(page, "heading", title);
  await fill(page, "textbox", w("newLabel"), "投标专用锁");
  await press(page, "button", w("setLabel"));
  await says(page, w("labelSet"));
  await says(page, "投标专用锁");
  await clerk.screenshot("enterprise");
  await press(page, "button", "English");
  await says(page, WORDS.info.en);
  await clerk.screenshot("english");
  await clerk.close();
});

test("what is said to the lock is recorded and downloaded, without names", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("enterprise");
  const { page } = clerk;
  await clerk.connect();
  await press(page, "button", w("record"));
  await says(page, w("recording"));
  await press(page, "button", w("again"));
  await says(page, w("read"));
  await press(page, "button", w("stopRecord"));
  await says(page, w("recorded"));
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "link", w("download"))]);
  const file = readFileSync(await download.path(), "utf8");
  assert.match(file, /^# calock-script:1\n# profile: gm3000\n/);
  assert.match(file, /ExportCertificate/);
  const hex = (text) => Buffer.from(text).toString("hex").toUpperCase();
  for (const secret of ["示例建设有限公司", "911101050000000514", JSON.parse(clerk.lock.file).serial]) {
    assert.ok(!file.replaceAll(" ", "").toUpperCase().includes(hex(secret)), secret);
  }
  // Pulled out while it is recorded, the lock's recording is there all the same.
  await press(page, "button", w("record"));
  await clerk.inject("unplug-before@EnumContainer");
  await press(page, "button", w("again"));
  await clerk.isTold("DISCONNECTED");
  assert.equal(await page.locator("#download").getAttribute("href") !== null, true);
  await clerk.close();
});

test("the PIN of a model whose way is known is changed", { timeout: 90_000 }, async () => {
  const { portal, browser } = both;
  const window = await Window.open(browser);
  const { page } = window;
  const { file } = await portal.lock("enterprise");
  await page.goto(`${portal.origin}/lock`);
  await page.evaluate(async (text) => {
    const { plug } = await import("/calock/virtual/virtual.js");
    await plug(JSON.stringify({ ...JSON.parse(text), profile: "gmt0017-little", serial: "LITTLE-1" }), { granted: true });
  }, file);
  await press(page, "button", w("connect"));
  await says(page, w("read"));
  const enter = async (old, next, again) => {
    await fill(page, "textbox", w("oldPin"), old);
    await fill(page, "textbox", w("newPin"), next);
    await fill(page, "textbox", w("repeatPin"), again);
    await press(page, "button", w("changePin"));
  };
  await enter("12345678", "24681357", "24681358");
  assert.equal(await page.locator("#repeat").evaluate((field) => field.validationMessage), w("notTheSame"));
  await enter("11111111", "24681357", "24681357");
  await says(page, message("PIN_WRONG", 5).what);
  await window.screenshot("lock-pin-wrong");
  await enter("12345678", "24681357", "24681357");
  await says(page, w("pinChanged"));
  for (const id of ["old", "new", "repeat"]) assert.equal(await page.locator(`#${id}`).inputValue(), "");
  await window.screenshot("lock-pin-changed");
  await enter("12345678", "13572468", "13572468");
  await says(page, message("PIN_WRONG", 5).what);
  await window.close();
});

test("everything can be done with the keyboard, and axe finds nothing", { timeout: 120_000 }, async () => {
  const clerk = await Clerk.open("blank");
  const { page } = clerk;
  await examine(page, "at first");
  await clerk.connect();
  await examine(page, "a blank lock");
  const code = await clerk.authorised();
  await page.locator("#code").focus();
  await page.keyboard.type(code);
  await page.keyboard.press("Tab");
  assert.equal((await focused(page)).name, w("initialPin"));
  await page.keyboard.type("12345678");
  await page.keyboard.press("Enter");
  await says(page, w("orderFound"));
  await examine(page, "an order");
  await page.locator("#make").focus();
  await page.keyboard.press("Enter");
  await says(page, w("produced"), 30);
  await examine(page, "a lock that was made");
  await clerk.close();
});

test("a phone's width holds everything", { timeout: 90_000 }, async () => {
  const clerk = await Clerk.open("enterprise", { viewport: { width: 390, height: 844 } });
  const { page } = clerk;
  await clerk.connect();
  await says(page, "示例建设有限公司");
  await clerk.screenshot("phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  await clerk.close();
});

/** Uses a code for a key of OpenSSL's. */
async function spend(origin, code) {
  const openssl = (script) => execFileSync("sh", ["-c", script], { encoding: "buffer", stdio: ["ignore", "pipe", "ignore"] });
  const request = openssl(
    "k=$(mktemp); openssl genpkey -algorithm SM2 -out $k && openssl req -new -key $k -sm3 -sigopt distid:1234567812345678 -subj /CN=x -outform DER; rm $k",
  );
  const response = await fetch(`${origin}/api/ca/certificates`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify({ code, request: request.toString("base64") }),
  });
  assert.equal(response.status, 200, `${CALOCK}: ${await response.text()}`);
}
