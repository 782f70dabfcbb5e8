// The testers' desk, <calock-virtual-lock>: locks in and out, faults as text, the list of exchanges, and no PIN anywhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { REFUSED } from "./support/complaints.mjs";
import { announced, fill, find, press, says } from "./support/accessible.mjs";
import { deskWord as desk, word } from "./support/catalogue.mjs";
import { everything, examine, openShadowRoots } from "./support/examine.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const both = shared();

async function at(lock, name, run, expected = [REFUSED]) {
  const { portal, browser } = both;
  const { origin, data } = portal;
  const scenario = { name, lock, run, expected };
  const place = await PagePlace.open({ scenario, origin, data, ...(await portal.lock(LOCKS[lock])), prefix: "desk", browser });
  await openShadowRoots(place.person.page);
  await place.run();
}

/** The rows of the table, as text. */
function rows(page) {
  return page.locator("calock-virtual-lock tbody tr").allInnerTexts();
}

/** Orders a fault by its text. */
async function order(page, fault) {
  await fill(page, "textbox", desk("faultText"), fault);
  await press(page, "button", desk("order"));
}

test("the desk shows what was said to a lock, and the PIN is nowhere", { timeout: 60_000 }, () =>
  at("enterprise", "exchanges", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await place.arrive();
    await says(page, desk("noExchanges"));
    await place.start();
    await person.asked();
    await person.typePin(file.wrongPin);
    await person.isAskedAgain("PIN_WRONG", file.tries - 1);

    const said = await rows(page);
    assert.match(said[0], /^1\s+EnumApplication/);
    assert.ok(said.some((row) => /VerifyPIN\s+80 18\s+\d+\s+0\s+63C5 密码错误，剩余 5 次/.test(row)), said.join("\n"));
    await says(page, desk("tries", file.tries - 1));
    await place.screenshot("exchanges");

    const [saved] = await Promise.all([page.waitForEvent("download"), press(page, "button", desk("save"))]);
    assert.match(saved.suggestedFilename(), /^calock-exchanges-\d{14}\.txt$/);
    const text = await readFile(await saved.path(), "utf8");
    assert.match(text, /^# calock exchanges:1\n/);
    assert.match(text, /\tVerifyPIN\t80 18\t\d+\t0\t63C5\t-\n/);
    assert.equal(text.trimEnd().split("\n").length, said.length + 5, "one line an exchange");
    for (const [where, found] of [["the page", await everything(page)], ["the file", text]]) {
      for (const pin of [file.pin, file.wrongPin]) assert.ok(!found.includes(pin), `a PIN is in ${where}`);
    }
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assert.ok(!stored.includes(file.pin));

    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("a tester sees the test PIN only after asking for it", { timeout: 60_000 }, () =>
  at("enterprise", "pin", async (place) => {
    const { page } = place.person;
    await place.arrive();
    assert.ok(!(await everything(page)).includes(place.file.pin));
    await press(page, "button", desk("showPin"));
    await says(page, place.file.pin);
    await press(page, "button", desk("showPin"));
    assert.ok(!(await everything(page)).includes(place.file.pin));
  }));

test("three choices make the text of a fault, and it strikes once", { timeout: 60_000 }, () =>
  at("enterprise", "fault", async (place) => {
    const { person } = place;
    const { page } = person;
    await place.arrive();
    const text = page.locator("#fault-text");
    await page.locator("#fault-kind").selectOption("slow=6000");
    await page.locator("#fault-when").selectOption("#");
    await page.locator("#fault-number").fill("3");
    await page.locator("#fault-until").selectOption("replug");
    assert.equal(await text.inputValue(), "slow=6000@#3:replug");
    await page.locator("#fault-kind").selectOption("open-taken");
    assert.equal(await text.inputValue(), "open-taken@open:replug");
    await page.locator("#fault-kind").selectOption("status=6F00");
    await page.locator("#fault-when").selectOption("GetPINInfo");
    await page.locator("#fault-until").selectOption("once");
    assert.equal(await text.inputValue(), "status=6F00@GetPINInfo");
    await press(page, "button", desk("order"));
    await until(async () => (await page.locator(".waiting li").allInnerTexts()).join() === "status=6F00@GetPINInfo", "the fault in wait");
    await place.screenshot("fault");

    await place.start();
    await person.isRefused("LOCK_STATUS");
    const struck = (await rows(page)).filter((row) => row.includes("status=6F00@GetPINInfo"));
    assert.equal(struck.length, 1, "the table names the fault");
    await says(page, desk("noFaults"));
    await place.screenshot("struck");
    await person.pressRetry();
    await person.asked();
  }));

test("every kind of fault that the desk offers is one", { timeout: 60_000 }, () =>
  at("enterprise", "kinds", async (place) => {
    const { page } = place.person;
    await place.arrive();
    const kinds = await page.locator("#fault-kind option").evaluateAll((options) => options.map(({ value }) => value));
    const whens = await page.locator("#fault-when option").evaluateAll((options) => options.map(({ value }) => value));
    assert.ok(kinds.length >= 19 && whens.length >= 15);
    const ordered = async () => (await page.locator(".waiting li").count());
    for (const kind of kinds) {
      await page.locator("#fault-kind").selectOption(kind);
      const before = await ordered();
      await press(page, "button", desk("order"));
      await until(async () => (await ordered()) === before + 1, `${kind} to be taken`);
    }
    await page.locator("#fault-kind").selectOption("silent");
    for (const when of whens) {
      await page.locator("#fault-when").selectOption(when);
      const before = await ordered();
      await press(page, "button", desk("order"));
      await until(async () => (await ordered()) === before + 1, `${when} to be taken`);
    }
    await press(page, "button", desk("clearFaults"));
    await says(page, desk("noFaults"));
    await order(page, "explode@any");
    await until(async () => (await announced(page)).join("").includes(desk("badFault")), "the refusal to be spoken");
    assert.equal(await page.locator("#fault-text").getAttribute("aria-invalid"), "true");
    assert.equal(await ordered(), 0);
  }));

test("a fault that pulls the lock out shows on the desk, and plugging it in again goes on", { timeout: 60_000 }, () =>
  at("enterprise", "pulled-out", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await place.arrive();
    await order(page, "unplug-while@ECCSignData");
    await place.start();
    await person.asked();
    await person.typePin(file.pin);
    await person.isRefused("DISCONNECTED");
    await says(page, desk("pulledOut", place.title));
    await press(page, "button", `${desk("plug")}：${place.title}`);
    await says(page, desk("pluggedIn", place.title));
    await person.pressRetry();
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("a lock made on the desk signs, and the portal refuses its issuer", { timeout: 60_000 }, () =>
  at("enterprise", "made", async (place) => {
    const { person } = place;
    const { page } = person;
    await person.arrive();
    await page.locator("calock-virtual-lock details.make summary").click();
    await page.locator("#make-kind").selectOption("employee");
    await fill(page, "textbox", desk("make.name"), "李四");
    await fill(page, "textbox", desk("make.pin"), "a1b2c3");
    await place.screenshot("make");
    await page.locator("#granted").check();
    await press(page, "button", desk("makeIt"));
    await says(page, desk("pluggedIn", `李四（${desk("own")}）`));
    await person.pressLogin();
    await person.asked();
    await says(page, "李四");
    await person.typePin("a1b2c3");
    await person.isRefused("CHAIN_UNTRUSTED");
    assert.ok(!(await everything(page)).includes("a1b2c3"), "the PIN of the form is gone with the lock that was made");
    await person.isNotLoggedIn();
  }));

test("a script lies on the desk as a lock does", { timeout: 60_000 }, () =>
  at("enterprise", "script", async (place) => {
    const { person } = place;
    const { page } = person;
    await person.arrive();
    await page.locator("calock-virtual-lock details.make summary").click();
    await page.locator("#make-file").setInputFiles(fileURLToPath(new URL("../scripts/wrong-pin.txt", import.meta.url)));
    await says(page, desk("pluggedIn", "wrong-pin.txt"));
    await person.pressLogin();
    await press(page, "radio");
    await press(page, "button", desk("chooser.connect"));
    await person.asked();
    await person.typePin("12345678");
    await person.isAskedAgain("PIN_WRONG", 2);
    assert.ok((await rows(page)).some((row) => row.includes("63C2")));
  }));

test("a lock shows itself on USB when the tester says so", { timeout: 60_000 }, () =>
  at("enterprise", "usb", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await person.arrive();
    await page.locator("calock-virtual-lock #face").selectOption("usb");
    await page.locator("#granted").check();
    await press(page, "button", `${desk("plug")}：${place.title}`);
    await says(page, "USB · 1209:0002");
    await person.pressLogin();
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("what is plugged in stays in when the page is loaded again", { timeout: 60_000 }, () =>
  at("enterprise", "again", async (place) => {
    const { page } = place.person;
    await place.arrive();
    await page.reload();
    await says(page, desk("pluggedIn", place.title));
    await find(page, "button", `${desk("unplug")}：${place.title}`);
    await press(page, "button", `${desk("unplug")}：${place.title}`);
    await says(page, desk("pulledOut", place.title));
    await page.reload();
    await find(page, "button", `${desk("plug")}：${place.title}`);
    assert.equal(await page.locator("calock-virtual-lock .in").count(), 0);
  }, []));

test("axe finds nothing on the desk, it speaks English, and it fits a telephone's screen", { timeout: 60_000 }, () =>
  at("enterprise", "axe", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await place.arrive();
    await order(page, "garbled@any:always");
    await press(page, "button", desk("clearFaults"));
    await order(page, "slow=50@any:always");
    await place.start();
    await person.asked();
    await person.typePin(file.wrongPin);
    await person.isAskedAgain("PIN_WRONG", file.tries - 1);
    await page.locator("calock-virtual-lock details.make summary").click();
    await examine(page, "the desk");
    await page.setViewportSize({ width: 390, height: 844 });
    await place.screenshot("narrow");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px stand out of the screen`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => document.querySelector("calock-virtual-lock").setAttribute("lang", "en"));
    await find(page, "heading", desk("exchanges", "", "en"));
    await find(page, "button", `${desk("unplug", "", "en")}：${place.title}`);
    await examine(page, "the desk in English");
    await place.screenshot("english");
    assert.equal(await person.state().then(({ state }) => state), "pin", word("pin"));
  }));
