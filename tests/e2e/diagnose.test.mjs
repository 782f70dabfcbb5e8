// diagnose(): each cause that can be provoked is told by its code, in words, within seconds; no chooser opens, no PIN is sent,
// and the report names nobody.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REFUSED } from "./support/complaints.mjs";
import { find, press, says, text } from "./support/accessible.mjs";
import { Window } from "./support/browser.mjs";
import { diagnosis, word } from "./support/catalogue.mjs";
import { everything, examine, openShadowRoots } from "./support/examine.mjs";
import { LockFile } from "./support/locks.mjs";
import { Person } from "./support/person.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const both = shared();
/** What may be asked of a lock without a PIN. */
const HARMLESS = new Set(["GetDevInfo", "EnumApplication", "OpenApplication", "EnumContainer", "GetContainerInfo", "OpenContainer", "ExportCertificate", "CloseContainer"]);
/** Milliseconds: the longest way is a lock that stays silent. */
const PATIENCE = 12_000;

/** Runs steps in a window of its own; `place` has the page and the steps below. */
async function at(run, { options, expected = [], path = "/404.html" } = {}) {
  const window = await Window.open(both.browser, options);
  const { page } = window;
  const place = { window, page, origin: both.portal.origin };
  await openShadowRoots(page);
  // Whoever opens a chooser is caught.
  await page.addInitScript(() => {
    globalThis.choosers = 0;
    for (const bus of [globalThis.HID, globalThis.USB]) {
      if (bus) bus.prototype.requestDevice = async () => { globalThis.choosers += 1; return []; };
    }
  });
  try {
    if (path) await page.goto(`${place.origin}${path}`);
    await run(place);
    if (path) assert.equal(await page.evaluate(() => globalThis.choosers), 0, "a chooser was opened");
  } catch (error) {
    await window.close([/./]).catch(() => {});
    throw error;
  }
  await window.close(expected);
}

/** Plugs one of the portal's locks in. */
async function plug(place, name, { granted = true, faults = [], ...options } = {}) {
  const file = (await both.portal.lock(name)).file;
  await place.page.evaluate(async ({ file, granted, faults, options }) => {
    const virtual = await import("/calock/virtual/virtual.js");
    virtual.install({ remember: false });
    const device = await virtual.plug(file, { granted, ...options });
    for (const fault of faults) device.inject(fault);
    (globalThis.devices ??= []).push(device);
  }, { file, granted, faults, options });
  return new LockFile(file);
}

/** Calls diagnose() and checks what holds for every result. */
async function diagnose(place, options = {}) {
  const { page } = place;
  const start = Date.now();
  const result = await page.evaluate(async (options) => (await import("/calock/api.js")).diagnose(options), { wait: 100, ...options });
  assert.ok(Date.now() - start < PATIENCE, `it took ${Date.now() - start} ms`);
  assert.equal(result.ok, result.code === "ALL_WELL");
  assert.ok(result.text.length > 4);
  for (const { code, level, text: sentence } of result.findings) {
    assert.match(code, /^[A-Z_]+$/);
    assert.ok(["ok", "problem", "note"].includes(level) && sentence.length > 4, code);
    assert.doesNotMatch(sentence, /\{n\}|undefined/, code);
    assert.match(result.report, new RegExp(`^${level}: ${code}`, "m"));
  }
  const sent = await page.evaluate(() => (globalThis.devices ?? []).flatMap(({ log }) => log.map(({ name }) => name)));
  for (const name of sent) assert.ok(HARMLESS.has(name), `${name} was sent`);
  return result;
}

/** The result names this cause first, in the catalogue's words. */
function says1(result, key, fact = "") {
  const { what, todo } = diagnosis(key, fact);
  assert.equal(result.code, key.split(".")[0], result.report);
  assert.equal(result.text, what);
  assert.equal(result.advice, todo);
}

test("a lock that works: all is well, and the report names nobody", { timeout: 60_000 }, () =>
  at(async (place) => {
    const file = await plug(place, "employee");
    const result = await diagnose(place);
    says1(result, "ALL_WELL");
    for (const code of ["SECURE_CONTEXT", "WEBHID", "POLICY_ALLOWS", "WASM_RUNS", "LOCK_ANSWERS", "CERT_USABLE"]) {
      assert.ok(result.findings.some((finding) => finding.code === code && finding.level === "ok"), code);
    }
    assert.match(result.report, /^hid: 055C:E618 FFA0:0001$/m);
    const whole = JSON.stringify(result);
    for (const secret of [file.pin, file.holder, file.organisation, file.fields.serial, file.fields.label]) {
      assert.ok(secret && !whole.includes(secret), `${secret} is in the result`);
    }
    // And the lock can be used afterwards.
    assert.equal(await place.page.evaluate(async () => {
      const { locks } = await import("/calock/api.js");
      const [lock] = await locks.known();
      return (await lock.certificates()).length;
    }), 1);
  }));

test("in English when asked", { timeout: 60_000 }, () =>
  at(async (place) => {
    const { text: sentence } = await diagnose(place, { lang: "en" });
    assert.equal(sentence, diagnosis("LOCK_NOT_FOUND", "", "en").what);
  }));

test("nothing is plugged in, or nothing was allowed", { timeout: 60_000 }, () =>
  at(async (place) => {
    says1(await diagnose(place), "LOCK_NOT_FOUND");
    await plug(place, "enterprise", { granted: false });
    const result = await diagnose(place);
    says1(result, "LOCK_NOT_FOUND");
    for (const code of ["PROTECTED_CLASS", "LOCK_HIDDEN"]) assert.ok(result.findings.some((finding) => finding.code === code && finding.level === "note"));
  }));

test("a lock that is plugged in while it waits is found", { timeout: 60_000 }, () =>
  at(async (place) => {
    const { page } = place;
    await plug(place, "enterprise");
    await page.evaluate(() => {
      globalThis.devices[0].unplug();
      setTimeout(async () => {
        const { plug: again } = await import("/calock/virtual/virtual.js");
        globalThis.devices.push(await again(globalThis.devices[0]));
      }, 600);
    });
    says1(await diagnose(place, { wait: 5000 }), "ALL_WELL");
  }));

test("a lock that was allowed once and is not listed any more", { timeout: 60_000 }, () =>
  at(async (place) => {
    await plug(place, "enterprise");
    says1(await diagnose(place), "ALL_WELL");
    assert.equal(await place.page.evaluate(() => JSON.stringify({ ...localStorage })), '{"calock-allowed":"1"}', "a flag, and nothing about the lock");
    // As a browser does with a lock that has no serial number.
    await place.page.evaluate(async () => {
      await globalThis.devices[0].forget();
    });
    says1(await diagnose(place), "PERMISSION_LOST");
  }));

for (const [key, lock, faults] of [
  ["OPEN_FAILED.linux", "enterprise", ["open-taken@open:always"]],
  ["TIMEOUT", "enterprise", ["silent@any:always"]],
  ["DISCONNECTED", "enterprise", ["unplug-while@EnumApplication"]],
  ["LOCK_STATUS", "enterprise", ["status=6F00@EnumApplication:always"]],
  ["CERT_UNREADABLE", "enterprise", ["garbage-certificate@any:always"]],
  ["CERT_EXPIRED", "expired", []],
  ["CERT_USAGE", "encryption", []],
]) {
  test(`${key}: ${faults[0] ?? `the lock "${lock}"`}`, { timeout: 60_000 }, () =>
    at(async (place) => {
      await plug(place, lock, { faults });
      says1(await diagnose(place), key);
    }));
}

test("a lock on USB that works; one that the system keeps from the browser", { timeout: 60_000 }, () =>
  at(async (place) => {
    await plug(place, "enterprise", { face: "usb" });
    const result = await diagnose(place);
    says1(result, "ALL_WELL");
    assert.match(result.report, /^usb: 1209:0002 class FF$/m);
    await place.page.evaluate(() => globalThis.devices[0].unplug());
    await plug(place, "employee", { face: "usb", denied: true });
    const denied = await diagnose(place);
    says1(denied, "DRIVER_DENIED.linux", /设备 (.+)。$/.exec(denied.text)?.[1]);
  }));

test("a lock that is granted through both doors is told once", { timeout: 60_000 }, () =>
  at(async (place) => {
    await plug(place, "enterprise");
    await shows(place, { hid: null, usb: [{ vendorId: 0x055c, productId: 0xe618, classes: [0x03] }] });
    const result = await diagnose(place);
    says1(result, "ALL_WELL");
    assert.deepEqual(result.findings.filter(({ level }) => level === "problem"), []);
  }));

test("another tab has the lock; this page has it", { timeout: 60_000 }, () =>
  at(async ({ window, page, origin }) => {
    const person = new Person(window, origin);
    await person.arrive();
    await plug({ page }, "enterprise");
    await person.pressLogin();
    await person.asked();
    const here = await page.evaluate(async () => (await import("/calock/calock.js")).diagnose({ wait: 0 }));
    assert.deepEqual(here.findings.filter(({ level }) => level === "note").map(({ code, variant }) => [code, variant]), [["LOCK_BUSY", "here"]]);
    assert.equal((await person.state()).state, "pin", "the login was left alone");

    const other = await window.newTab();
    await other.goto(`${origin}/404.html`);
    await plug({ page: other }, "enterprise");
    says1(await diagnose({ page: other }), "LOCK_BUSY");
  }, { path: null, expected: [REFUSED] }));

/** A WebUSB device as the browser shows it, and HID devices that are no locks: only their looks matter here. */
async function shows(place, { hid = [], usb = [], denied = false }) {
  await place.page.evaluate(({ hid, usb, denied }) => {
    const bus = (list) => Object.assign(new EventTarget(), { getDevices: async () => list });
    const device = ({ vendorId, productId, classes }) => ({
      vendorId, productId, opened: false,
      configurations: [{ interfaces: classes.map((interfaceClass) => ({ alternates: [{ interfaceClass }] })) }],
      open: async () => { if (denied) throw new DOMException("Access denied.", "SecurityError"); },
      close: async () => {},
    });
    const put = (name, value) => Object.defineProperty(Navigator.prototype, name, { configurable: true, get: () => value });
    if (hid) put("hid", bus(hid));
    put("usb", bus(usb.map(device)));
  }, { hid, usb, denied });
}

for (const [key, fact, looks] of [
  ["PROTECTED_CLASS.card", "163C:0406", { usb: [{ vendorId: 0x163c, productId: 0x0406, classes: [0x0b] }] }],
  ["PROTECTED_CLASS.storage", "055C:DB08", { usb: [{ vendorId: 0x055c, productId: 0xdb08, classes: [0x08] }] }],
  ["PROTECTED_CLASS.card", "5748:3916", { usb: [{ vendorId: 0x5748, productId: 0x3916, classes: [0x08, 0x0b] }] }],
  ["PROTECTED_CLASS.hid", "096E:0317", { usb: [{ vendorId: 0x096e, productId: 0x0317, classes: [0x03] }] }],
  ["PROTECTED_CLASS.other", "1234:0001", { usb: [{ vendorId: 0x1234, productId: 1, classes: [0x0e] }] }],
  ["DRIVER_DENIED.linux", "5448:0001", { usb: [{ vendorId: 0x5448, productId: 1, classes: [0xff] }], denied: true }],
  ["LOCK_UNKNOWN.usb", "5448:0001", { usb: [{ vendorId: 0x5448, productId: 1, classes: [0xff] }] }],
  ["LOCK_UNKNOWN.hid", "096E:0317", { hid: [{ vendorId: 0x096e, productId: 0x0317, collections: [{ usagePage: 0xff00, usage: 1 }] }] }],
  ["LOCK_HIDDEN", "096E:0850", { hid: [{ vendorId: 0x096e, productId: 0x0850, collections: [] }] }],
]) {
  test(`${key}: a device ${fact} of this look`, { timeout: 60_000 }, () =>
    at(async (place) => {
      await shows(place, looks);
      const result = await diagnose(place);
      says1(result, key, named(result, fact));
      assert.match(result.report, new RegExp(`^(hid|usb): ${fact} `, "m"));
    }));
}

/** What the sentence calls the device: its maker and model where the ids are known, and always the ids. */
function named({ text: sentence }, ids) {
  return new RegExp(`设备 ((?:[^（]+（)?${ids}）?)`).exec(sentence)?.[1] ?? ids;
}

test("a model that is known by its ids is called by its name", { timeout: 60_000 }, () =>
  at(async (place) => {
    await shows(place, { usb: [{ vendorId: 0x055c, productId: 0xdb08, classes: [0x08] }] });
    assert.match((await diagnose(place)).text, /龙脉.*GM3000.*（055C:DB08）/);
    assert.match((await diagnose(place, { lang: "en" })).text, /Longmai.*GM3000.*\(055C:DB08\)/);
  }));

test("a keyboard is no lock, and no problem", { timeout: 60_000 }, () =>
  at(async (place) => {
    await shows(place, { hid: [{ vendorId: 1, productId: 2, collections: [{ usagePage: 1, usage: 6 }] }] });
    const result = await diagnose(place);
    assert.deepEqual(result.findings.filter(({ level }) => level === "note").map(({ code }) => code), ["NO_LOCK"]);
  }));

for (const [key, userAgent] of [
  ["NOT_SUPPORTED.firefox", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["NOT_SUPPORTED.safari", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"],
  ["NOT_SUPPORTED.ios", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"],
  ["NOT_SUPPORTED.phone", "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"],
  ["NOT_SUPPORTED.old", "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36"],
]) {
  test(key, { timeout: 60_000 }, () =>
    at(async (place) => {
      await place.page.evaluate(() => {
        for (const name of ["hid", "usb"]) delete Navigator.prototype[name];
      });
      const result = await diagnose(place);
      says1(result, key);
      assert.ok(!result.findings.some(({ code }) => code === "LOCK_NOT_FOUND"), "nothing is said of locks that cannot be seen");
    }, { options: { userAgent } }));
}

/** The portal's pages with other headers, at another address. */
async function served(place, at, change) {
  await place.page.route(`${at}/**`, async (route) => {
    try {
      const response = await route.fetch({ url: `${place.origin}${new URL(route.request().url()).pathname}` });
      const headers = { ...response.headers() };
      change(headers);
      await route.fulfill({ response, headers });
    } catch (error) {
      // The test has ended, and what the page still wanted with it.
      if (!/disposed|closed/.test(error.message)) throw error;
    }
  });
}

test("a page that is not https", { timeout: 60_000 }, () =>
  at(async (place) => {
    await served(place, "http://portal.test", () => {});
    await place.page.goto("http://portal.test/diagnose");
    await says(place.page, diagnosis("INSECURE_CONTEXT").what);
    says1(await diagnose(place), "INSECURE_CONTEXT");
  }, { path: null, expected: [/./] }));

test("a page whose header forbids WebHID", { timeout: 60_000 }, () =>
  at(async (place) => {
    await served(place, place.origin, (headers) => { headers["permissions-policy"] = "hid=()"; });
    await place.page.goto(`${place.origin}/diagnose`);
    says1(await diagnose(place), "POLICY_BLOCKED.header");
  }, { path: null, expected: [/./] }));

test("a frame that was not allowed", { timeout: 60_000 }, () =>
  at(async (place) => {
    const { page, origin } = place;
    const outer = origin.replace("localhost", "127.0.0.1");
    await served(place, origin, (headers) => {
      delete headers["x-frame-options"];
      delete headers["permissions-policy"];
    });
    await page.route(`${outer}/outer`, (route) => route.fulfill({ contentType: "text/html", body: `<iframe src="${origin}/diagnose"></iframe>` }));
    await page.goto(`${outer}/outer`);
    const frame = await until(() => page.frames().find((one) => one.url().endsWith("/diagnose")), "the frame");
    const result = await frame.evaluate(async () => (await import("/calock/api.js")).diagnose({ wait: 0 }));
    says1(result, "POLICY_BLOCKED.frame");
    assert.match(result.report, /^page: \S+ \(frame\)$/m);
  }, { path: null, expected: [/./] }));

test("a content security policy without wasm", { timeout: 60_000 }, () =>
  at(async (place) => {
    await served(place, place.origin, (headers) => {
      headers["content-security-policy"] = headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", "");
    });
    await place.page.goto(`${place.origin}/404.html`);
    says1(await diagnose(place), "WASM_BLOCKED_BY_CSP");
  }, { path: null, expected: [/./] }));

test("a module that cannot be loaded", { timeout: 60_000 }, () =>
  at(async (place) => {
    await place.page.route("**/calock_wasm_bg.wasm", (route) => route.abort());
    says1(await diagnose(place), "WASM_LOAD_FAILED");
  }, { expected: [/Failed to load resource/] }));

test("who gives up is let go at once", { timeout: 60_000 }, () =>
  at(async (place) => {
    await plug(place, "enterprise", { faults: ["silent@any:always"] });
    const took = await place.page.evaluate(async () => {
      const { diagnose: ask } = await import("/calock/api.js");
      const start = performance.now();
      const error = await ask({ signal: AbortSignal.timeout(400) }).catch((one) => one);
      return { code: error.code, ms: performance.now() - start };
    });
    assert.equal(took.code, "ABORTED");
    assert.ok(took.ms < 3000, `${took.ms} ms`);
  }));

test("the login's error leads to it, and a new login goes on as ever", { timeout: 60_000 }, () =>
  at(async ({ window, page, origin }) => {
    const person = new Person(window, origin);
    await person.arrive();
    const file = await plug({ page }, "enterprise", { granted: false });
    await person.pressLogin();
    await find(page, "radio");
    await press(page, "button", "取消");
    await person.isRefused("CHOOSER_CANCELLED");
    await press(page, "button", word("why"));
    await says(page, diagnosis("CHOOSER_CANCELLED").what);
    await says(page, diagnosis("PROTECTED_CLASS.unseen").what);
    await examine(page, "the findings under an error");
    await window.screenshot("diagnose-1-login");
    await page.setViewportSize({ width: 390, height: 844 });
    await window.screenshot("diagnose-2-login-narrow");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await person.pressRetry();
    await press(page, "radio");
    await press(page, "button", "连接");
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }, { path: null, expected: [REFUSED] }));

test("the page /diagnose: with words, with a report, for everyone", { timeout: 60_000 }, () =>
  at(async ({ window, page, origin }) => {
    await page.goto(`${origin}/diagnose`);
    await says(page, diagnosis("LOCK_NOT_FOUND").what);
    await examine(page, "/diagnose without a lock");
    await window.screenshot("diagnose-3-nothing");
    // The desk of the demonstration; what is plugged in and allowed is looked at without being asked.
    await page.locator("#granted").check();
    await press(page, "button", /^插入：企业锁（国密/);
    await says(page, diagnosis("ALL_WELL").what);
    await examine(page, "/diagnose with a lock");
    await window.screenshot("diagnose-4-well");
    const [summary] = [await find(page, "DisclosureTriangle", /^给客服的报告/)];
    assert.ok(summary);
    await press(page, "DisclosureTriangle", /^给客服的报告/);
    await says(page, "calock diagnose:1");
    assert.ok(!(await everything(page)).includes("12345678"));
    await press(page, "button", /^拔出：企业锁（国密/);
    await says(page, diagnosis("PERMISSION_LOST").what);
    await page.setViewportSize({ width: 390, height: 844 });
    await window.screenshot("diagnose-5-narrow");
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, await text(page));
    await examine(page, "/diagnose, narrow");
  }, { path: null }));
