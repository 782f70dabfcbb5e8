// Locks on USB, as a person at the login page meets them. The browser's part is played by www/virtual/usb-device.js, which does
// what Chromium was seen to do; the real one is met in the rig.

import assert from "node:assert/strict";
import { X509Certificate, createHash, createVerify } from "node:crypto";
import { test } from "node:test";

import { REFUSED } from "./support/complaints.mjs";
import { find, press } from "./support/accessible.mjs";
import { word } from "./support/catalogue.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const both = shared();

const VENDOR_SPECIFIC = 0xff;
const SMART_CARD = 0x0b;
const HID = 0x03;

for (const lock of ["enterprise", "rsa"]) {
  test(`a lock on USB logs in through the second chooser: ${lock}`, { timeout: 60_000 }, () =>
    at(lock, async (place) => {
      const { person, file } = place;
      const { page } = person;
      await person.arrive();
      await plug(page, file);
      await person.pressLogin();
      await cancelChooser(page);
      await person.isRefused("CHOOSER_CANCELLED");
      assert.deepEqual(await late(page), [], "nobody needed the module with everything in it");
      await place.screenshot(`not-listed-${lock}`);
      await press(page, "button", word("notListed"));
      await place.choose();
      await person.asked();
      assert.deepEqual(await late(page), ["/calock/calock-full.js", "/calock/calock_full_bg.wasm"]);
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    }, lock));
}

test("a lock on USB that the site may use already is found without a question", { timeout: 60_000 }, () =>
  at("known", async (place) => {
    const { person, file } = place;
    await person.arrive();
    await plug(person.page, file, { granted: true });
    // Beside it a device that is no lock, also permitted: nobody is asked which.
    await plugOther(person.page, { name: "Logic analyser", classes: [VENDOR_SPECIFIC], granted: true });
    await person.pressLogin();
    await person.asked();
    await person.typePin(file.wrongPin);
    await person.isAskedAgain("PIN_WRONG", file.tries - 1);
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("of a composite device the lock's interface is used, and the protected ones are left alone", { timeout: 60_000 }, () =>
  at("composite", async (place) => {
    const { person, file } = place;
    await person.arrive();
    await plug(person.page, file, { granted: true, classes: [HID, SMART_CARD] });
    await person.pressLogin();
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("a lock that no page may use is told apart from one that the system keeps back, with advice for each", { timeout: 60_000 }, () =>
  at("denied", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await person.arrive();
    await plugOther(page, { name: "Card reader", classes: [SMART_CARD] });
    await person.pressLogin();
    await cancelChooser(page);
    await press(page, "button", word("notListed"));
    await press(page, "radio", /Card reader/);
    await press(page, "button", "连接");
    await person.isRefused("PROTECTED_CLASS");
    await place.screenshot("protected-class");
    await pullOut(page);

    await plug(page, file, { granted: true, denied: true });
    await person.pressAgain();
    await person.isRefused("DRIVER_DENIED");
    await place.screenshot("driver-denied");
  }));

test("what goes wrong on USB has its code, and the same click logs in when it has passed", { timeout: 90_000 }, () =>
  at("faults", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await person.arrive();
    await plug(page, file, { granted: true });
    await onLock(page, (device) => device.inject("open-taken@open:always"));
    await person.pressLogin();
    await person.isRefused("LOCK_BUSY");
    for (const [fault, code] of [["send-stalls@EnumContainer", "BAD_FRAME"], ["garbled@OpenContainer", "BAD_FRAME"], ["silent@GetContainerInfo", "TIMEOUT"]]) {
      await onLock(page, (device, text) => { device.clearFaults(); device.inject(text); }, fault);
      // Some fail so soon that nobody sees the error go: what shows that this one is new is that its fault is spent.
      await press(page, "button", new RegExp(`^(${word("retry")}|${word("restart")})$`));
      await until(() => onLock(page, (device) => device.faults.length === 0), `${fault} to strike`);
      await person.isRefused(code);
    }
    // A stall is cleared without a word.
    await onLock(page, (device) => { device.clearFaults(); device.stall(); });
    await person.pressAgain();
    await person.asked();
    await onLock(page, (device) => device.inject("unplug-while@ECCSignData"));
    await person.typePin(file.pin);
    await person.isRefused("DISCONNECTED");
    assert.equal(await onLock(page, (device) => device.plugged), false);
    await onLock(page, async (device, _, { plug }) => { await plug(device); });
    await person.pressAgain();
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("pages that call the functions hear of locks on USB as of others, and nobody keeps them between two calls", { timeout: 60_000 }, () =>
  at("api", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await person.arrive();
    const told = await page.evaluate(async (text) => {
      const { plug, unplug } = await import("/calock/virtual/virtual.js");
      const { locks } = await import("/calock/calock.js");
      const heard = [];
      for (const type of ["added", "removed"]) locks.addEventListener(type, ({ lock }) => heard.push(`${type} ${lock.profile}`));
      await locks.known();
      let device = await plug(text, { face: "usb", granted: true });
      const until = async (count) => { while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 20)); };
      await until(1);
      const [lock] = await locks.known();
      const info = await lock.info();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { claimed } = device.configuration.interfaces[0];
      const certificates = await lock.certificates();
      await lock.close();
      const open = device.opened;
      unplug(device);
      // Closed before: nobody need be told.
      device = await plug(device, { granted: true });
      await until(2);
      unplug(device);
      await until(3);
      return { heard, info, claimed, open, certificates: certificates.length, journal: lock.journal().split("\n").length > 5 };
    }, JSON.stringify(file.fields));
    assert.deepEqual(told.heard, ["added gmt0017-ccid", "added gmt0017-ccid", "removed gmt0017-ccid"]);
    assert.equal(told.info.serial, file.fields.serial);
    assert.equal(told.claimed, false, "between two calls the interface is nobody's");
    assert.deepEqual([told.open, told.certificates, told.journal], [false, 1, true]);
  }));

test("a PIV card signs with P-256: WebCrypto checks it in the page, OpenSSL here", { timeout: 60_000 }, () =>
  at("piv", async (place) => {
    const { person } = place;
    const { page } = person;
    await person.arrive();
    const { signed, profile, container, refused } = await page.evaluate(async () => {
      const { plug, describeLock } = await import("/calock/virtual/virtual.js");
      const { locks } = await import("/calock/calock.js");
      const about = { holder: { name: "测试样例建设有限公司" }, profile: "piv", algorithm: "p256", container: "9C" };
      const file = await describeLock(about);
      await plug(file, { face: "usb", granted: true });
      const [lock] = await locks.known();
      const [{ fingerprint, container }] = await lock.certificates();
      const challenge = { purpose: "login", nonce: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", time: "2026-06-01T00:00:00Z" };
      const login = (certificate) => lock.login({ challenge, certificate, pin: () => "12345678" });
      const signed = await login(fingerprint);
      const refused = await login("00".repeat(32)).catch((error) => error.code);
      await lock.close();
      return { signed, profile: lock.profile, container, refused };
    });
    assert.deepEqual([profile, container, signed.algorithm, refused], ["piv", "9C", "ES256", "WRONG_LOCK"]);
    const der = Buffer.from(signed.certificate, "base64");
    const digest = createHash("sha256").update(der).digest("hex");
    const lines = [
      "CALOCK1", "purpose=login", `origin=${signed.origin}`, `nonce=${signed.nonce}`, `client=${signed.client}`, "account=-",
      `cert=${digest}`, "payload=-", `time=${signed.time}`, "",
    ];
    const signature = Buffer.from(signed.signature, "base64");
    const { publicKey } = new X509Certificate(der);
    assert.ok(createVerify("sha256").update(lines.join("\n")).verify(publicKey, signature), "the statement's signature");
  }));

async function at(name, run, lock = "enterprise") {
  const { portal, browser } = both;
  const { origin, data } = portal;
  const scenario = { name, lock, run, expected: [REFUSED] };
  const place = await PagePlace.open({ scenario, origin, data, ...(await portal.lock(LOCKS[lock])), prefix: "usb", browser });
  await place.run();
}

/** Waits for the chooser first: the page below it has a button of the same name. */
async function cancelChooser(page) {
  await find(page, "dialog", /想要连接/);
  await press(page, "button", "取消");
}

/** Plugs the lock in on USB; `classes`: further interfaces before its own. */
function plug(page, file, { granted, denied, classes } = {}) {
  return page.evaluate(async ({ text, granted, denied, interfaces }) => {
    const { plug } = await import("/calock/virtual/virtual.js");
    const device = await plug(text, { face: "usb", granted, denied });
    globalThis.usbLock = device;
    if (!interfaces) return;
    // The same lock in a larger device.
    device.unplug();
    const own = device.lock.configuration.slice(9);
    own[2] = interfaces.count;
    device.options.configuration = Uint8Array.from([...interfaces.head, ...interfaces.bytes, ...own]);
    globalThis.usbLock = await plug(device, { granted });
  }, { text: JSON.stringify(file.fields), granted, denied, interfaces: classes && configuration(classes, 1) });
}

function plugOther(page, { name, classes, granted }) {
  const { head, bytes } = configuration(classes);
  return page.evaluate(async ([about, granted]) => {
    const { plugOther } = await import("/calock/virtual/virtual.js");
    globalThis.otherDevice = plugOther({ ...about, configuration: Uint8Array.from(about.configuration) }, { granted });
  }, [{ vendorId: 0x1209, productId: 0x0008, productName: name, serialNumber: name, configuration: [...head, ...bytes] }, granted]);
}

function pullOut(page) {
  return page.evaluate(() => globalThis.otherDevice.unplug());
}

/** A configuration of interfaces of these classes, each with a bulk endpoint either way, and room for more. */
function configuration(classes, more = 0) {
  const bytes = classes.flatMap((one, number) => [
    9, 4, number, 0, 2, one, 0, 0, 0, 7, 5, 0x04 + number, 2, 64, 0, 0, 7, 5, 0x84 + number, 2, 64, 0, 0,
  ]);
  return { head: [9, 2, 0, 0, classes.length + more, 1, 0, 0x80, 50], bytes, count: classes.length };
}

/** Does something with the lock in the page. */
function onLock(page, run, argument) {
  return page.evaluate(
    `import("/calock/virtual/virtual.js").then(async (virtual) => {
      const { plug } = virtual;
      const kept = { plug: async (device) => { globalThis.usbLock = await plug(device, { granted: true }); } };
      return (${run})(globalThis.usbLock, ${JSON.stringify(argument)}, kept);
    })`,
  );
}

/** What the page has loaded of the module with everything in it. */
function late(page) {
  return page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname).filter((path) => path.includes("full")).sort());
}
