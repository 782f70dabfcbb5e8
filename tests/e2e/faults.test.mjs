// Faults of the page's virtual lock, as a person at the login page meets them: each is told by its own code, and the same click
// logs in when it has passed. Every fault at every exchange is tried in tests/faults.rs; this is what the browser adds.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REFUSED } from "./scenarios.mjs";
import { says } from "./support/accessible.mjs";
import { message } from "./support/catalogue.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { shared } from "./support/shared.mjs";

const both = shared();

/** Before the PIN is asked. */
const READING = [
  ["open-taken@open:always", "OPEN_FAILED"],
  ["silent@EnumContainer", "TIMEOUT"],
  ["wrong-sequence@OpenContainer", "STALE_REPLY"],
  ["garbled@GetContainerInfo", "BAD_FRAME"],
  ["truncated@GetPINInfo", "BAD_REPLY"],
  ["garbage-certificate@ExportCertificate", "CERT_UNREADABLE"],
];

/** After it was typed. */
const SIGNING = [
  ["send-stalls@GenRandom", "DISCONNECTED"],
  ["status=6A9E@VerifyPIN", "LOCK_STATUS"],
  ["overlong@ECCSignData", "BAD_REPLY"],
];

/** What nobody notices; the first because opening is tried again. */
const HARMLESS = [
  "open-fails@open", "report-duplicated@ExportCertificate:twice", "stale-reply@OpenContainer", "slow=800@GenRandom", "pin-reset@VerifyPIN",
];

test("each fault is told by its code, and the same click logs in when it has passed", { timeout: 120_000 }, () =>
  at("told", async (place) => {
    const { person, file } = place;
    await place.arrive();
    await inject(person.page, READING[0][0]);
    await place.start();
    await person.isRefused(READING[0][1]);
    for (const [fault, code] of READING.slice(1)) {
      await inject(person.page, fault);
      await person.pressAgain();
      await person.isRefused(code);
    }
    for (const [fault, code] of SIGNING) {
      await inject(person.page, fault);
      await person.pressAgain();
      await person.asked();
      const pins = await commands(person.page, "VerifyPIN");
      await person.typePin(file.pin);
      await person.isRefused(code);
      assert.ok((await commands(person.page, "VerifyPIN")) <= pins + 1, `${fault}: the PIN is sent once`);
      assert.deepEqual(await waiting(person.page), [], `${fault}: it has struck and is gone`);
    }
    await inject(person.page, "status=63C2@VerifyPIN");
    await person.pressAgain();
    await person.asked();
    await person.typePin(file.pin);
    // It says what the lock said; no try was really lost, and the next question knows.
    await says(person.page, message("PIN_WRONG", 2).what);
    assert.equal(await person.asked(), file.tries);
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

test("what a lock may do wrong without harm keeps nobody from logging in", { timeout: 60_000 }, () =>
  at("harmless", async (place) => {
    const { person, file } = place;
    await place.arrive();
    for (const fault of HARMLESS) await inject(person.page, fault, { alone: false });
    await place.start();
    await person.asked();
    assert.deepEqual(await waiting(person.page), ["slow=800@GenRandom", "pin-reset@VerifyPIN"], "the others have struck");
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
  }));

async function at(name, run) {
  const { portal, browser } = both;
  const { origin, data } = portal;
  const scenario = { name, lock: "enterprise", run, expected: [REFUSED] };
  const place = await PagePlace.open({ scenario, origin, data, ...(await portal.lock(LOCKS.enterprise)), prefix: "faults", browser });
  await place.run();
}

/** Has something go wrong with the lock that is plugged in; `alone` takes what waits there back first. */
function inject(page, fault, { alone = true } = {}) {
  return onDevice(page, (device, [text, only]) => {
    if (only) device.clearFaults();
    device.inject(text);
  }, [fault, alone]);
}

function waiting(page) {
  return onDevice(page, (device) => device.faults);
}

/** How often a command was sent. */
function commands(page, wanted) {
  return onDevice(page, (device, name) => device.log.filter((exchange) => exchange.name === name).length, wanted);
}

function onDevice(page, run, argument) {
  return page.evaluate(`import("/calock/virtual/virtual.js").then(({ pluggedIn }) => (${run})(pluggedIn()[0], ${JSON.stringify(argument)}))`);
}
