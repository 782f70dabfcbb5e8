// Several locks at once: a lock is who is named in it, never the place it is plugged into; one that is swapped in the middle
// is told before a PIN is asked, and never signs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { REFUSED } from "./support/complaints.mjs";
import { find, press, says, text } from "./support/accessible.mjs";
import { Window } from "./support/browser.mjs";
import { message, word } from "./support/catalogue.mjs";
import { examine, openShadowRoots } from "./support/examine.mjs";
import { LockFile } from "./support/locks.mjs";
import { Person } from "./support/person.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const both = shared();
/** Two locks of one model, of two holders. */
const [COMPANY, EMPLOYEE] = ["enterprise", "employee"];

/** A login page with locks that can be plugged in by name; events are kept in `window.told`. */
async function page(run, { granted = true, expected = [REFUSED] } = {}) {
  const window = await Window.open(both.browser);
  const person = new Person(window, both.portal.origin);
  await openShadowRoots(person.page);
  await person.arrive();
  await person.page.evaluate(async () => {
    const virtual = await import("/calock/virtual/virtual.js");
    virtual.install({ remember: false });
    Object.assign(globalThis, { virtual, devices: {}, told: [] });
    for (const type of ["calock-step", "calock-signed", "calock-error"]) {
      document.addEventListener(type, ({ detail }) => globalThis.told.push({ type, at: detail.at, code: detail.code, fingerprint: detail.certificate?.fingerprint, certificate: detail.certificate }));
    }
  });
  const locks = {};
  for (const name of [COMPANY, EMPLOYEE]) locks[name] = new LockFile((await both.portal.lock(name)).file);
  const desk = {
    plug: (name) => person.page.evaluate(async ({ name, file, granted }) => {
      globalThis.devices[name] = await globalThis.virtual.plug(globalThis.devices[name] ?? file, { granted });
    }, { name, file: JSON.stringify(locks[name].fields), granted }),
    unplug: (name) => person.page.evaluate((name) => globalThis.devices[name].unplug(), name),
    /** Names of the commands that the lock was sent, ever. */
    log: (name) => person.page.evaluate((name) => globalThis.devices[name].log.map((entry) => entry.name), name),
    inject: (name, fault) => person.page.evaluate(([name, fault]) => globalThis.devices[name].inject(fault), [name, fault]),
    told: () => person.page.evaluate(() => globalThis.told),
  };
  try {
    await run({ person, page: person.page, desk, locks, window });
  } catch (error) {
    await window.screenshot(`several-failed-${Date.now()}`).catch(() => {});
    error.message += `\n  the element: ${JSON.stringify(await person.state().catch(() => "gone"))}`;
    await window.close([/./]);
    throw error;
  }
  await window.close(expected);
}

/** The lock was never asked for a PIN nor told to sign. */
async function untouched(desk, name) {
  const log = await desk.log(name);
  for (const command of ["GenRandom", "VerifyPIN", "ECCSignData", "RSASignData"]) assert.ok(!log.includes(command), `${name}: ${log.join(" ")}`);
}

/** A lock's line in the list: the enterprise, and who of it has the lock. */
function line({ holder, organisation }) {
  return new RegExp(`^${organisation}${holder === organisation ? " " : ` · ${holder}`}`);
}

/** The button of one lock in the list. */
function entry(page, holder) {
  return find(page, "button", line(holder));
}

test("two locks of one model are told apart by the names in them, and the chosen one signs", { timeout: 60_000 }, () =>
  page(async ({ person, page, desk, locks, window }) => {
    await desk.plug(COMPANY);
    await desk.plug(EMPLOYEE);
    await person.pressLogin();
    await person.becomes("locks");
    await entry(page, locks[COMPANY]);
    await entry(page, locks[EMPLOYEE]);
    await window.screenshot("several-1-list");
    await examine(page, "the list of locks");
    await press(page, "button", line(locks[EMPLOYEE]));
    await person.asked();
    await says(page, `${word("user")}${locks[EMPLOYEE].holder}`);
    // Before it leaves for the next page.
    await page.evaluate(() => document.addEventListener("calock-done", (event) => event.preventDefault()));
    await person.typePin(locks[EMPLOYEE].pin);
    await person.becomes("done");

    const told = await desk.told();
    const step = told.find(({ at }) => at === "certificate");
    const signed = told.find(({ type }) => type === "calock-signed");
    const digest = execFileSync("openssl", ["dgst", "-sm3", "-r"], { input: Buffer.from(signed.certificate, "base64") });
    assert.equal(step.fingerprint, digest.toString().split(" ")[0], "the events name the certificate that signed by its fingerprint");
    await untouched(desk, COMPANY);
    assert.equal((await desk.log(EMPLOYEE)).filter((name) => name === "ECCSignData").length, 1);
  }));

test("a lock that comes while the question stands is read and listed, one that goes is not", { timeout: 60_000 }, () =>
  page(async ({ person, page, desk, locks }) => {
    await desk.plug(COMPANY);
    await desk.plug(EMPLOYEE);
    await person.pressLogin();
    await entry(page, locks[EMPLOYEE]);
    await desk.unplug(EMPLOYEE);
    await until(async () => !(await text(page)).includes(locks[EMPLOYEE].holder), "the lock to go from the list");
    await desk.plug(EMPLOYEE);
    await entry(page, locks[EMPLOYEE]);
    await press(page, "button", line(locks[COMPANY]));
    await person.asked();
    await person.typePin(locks[COMPANY].pin);
    await person.isLoggedInAs(locks[COMPANY].holder);
  }));

test("another lock can always be asked for", { timeout: 60_000 }, () =>
  page(async ({ person, page, desk, locks }) => {
    await desk.plug(COMPANY);
    await desk.plug(EMPLOYEE);
    await person.pressLogin();
    await entry(page, locks[COMPANY]);
    await press(page, "button", word("other"));
    await press(page, "radio", new RegExp(locks[EMPLOYEE].fields.serial));
    await press(page, "button", "连接");
    await person.asked();
    await says(page, locks[EMPLOYEE].holder);
    await press(page, "button", word("other"));
    await person.becomes("locks");
    await entry(page, locks[COMPANY]);
  }));

test("a lock pulled out while its PIN is asked goes on when it is back", { timeout: 60_000 }, () =>
  page(async ({ person, desk, locks, page }) => {
    await desk.plug(COMPANY);
    await person.pressLogin();
    await person.asked();
    await desk.unplug(COMPANY);
    await person.isRefused("DISCONNECTED");
    await says(page, word("expected", locks[COMPANY].holder));
    await desk.plug(COMPANY);
    await person.asked();
    await person.typePin(locks[COMPANY].pin);
    await person.isLoggedInAs(locks[COMPANY].holder);
  }));

test("another lock in its place is told from it before any PIN, and never signs", { timeout: 60_000 }, () =>
  page(async ({ person, desk, locks, page, window }) => {
    await desk.plug(COMPANY);
    await person.pressLogin();
    await person.asked();
    await desk.unplug(COMPANY);
    await person.isRefused("DISCONNECTED");
    await desk.plug(EMPLOYEE);
    await until(async () => (await person.state()).code === "WRONG_LOCK", "the wrong lock to be told");
    await says(page, message("WRONG_LOCK").what);
    await says(page, word("expected", locks[COMPANY].holder));
    await window.screenshot("several-2-wrong-lock");
    await examine(page, "the wrong lock");
    await untouched(desk, EMPLOYEE);

    // The first one beside it: the login goes on with that one.
    await desk.plug(COMPANY);
    await person.asked();
    await says(page, locks[COMPANY].holder);
    await person.typePin(locks[COMPANY].pin);
    await person.isLoggedInAs(locks[COMPANY].holder);
  }));

test("a click does not take another lock for the one that was pulled out either; starting anew does", { timeout: 60_000 }, () =>
  page(async ({ person, desk, locks, page }) => {
    await desk.plug(COMPANY);
    await desk.inject(COMPANY, "unplug-before@ECCSignData");
    await person.pressLogin();
    await person.asked();
    await person.typePin(locks[COMPANY].pin);
    await person.isRefused("DISCONNECTED");
    // It may have signed, so nothing begins by itself.
    await desk.plug(EMPLOYEE);
    await page.waitForTimeout(1000);
    assert.deepEqual(await desk.log(EMPLOYEE), []);
    await person.pressRetry();
    await until(async () => (await person.state()).code === "WRONG_LOCK", "the wrong lock to be told");
    await untouched(desk, EMPLOYEE);
    await press(page, "button", word("restart"));
    await person.asked();
    await says(page, locks[EMPLOYEE].holder);
    await person.typePin(locks[EMPLOYEE].pin);
    await person.isLoggedInAs(locks[EMPLOYEE].organisation);
  }));

for (const command of ["GetPINInfo", "GenRandom", "VerifyPIN", "ECCSignData"]) {
  test(`a lock swapped at ${command} never signs`, { timeout: 60_000 }, () =>
    page(async ({ person, desk, locks, page }) => {
      await desk.plug(COMPANY);
      await desk.inject(COMPANY, `unplug-while@${command}`);
      // The other one comes the moment the first is gone.
      await page.evaluate(({ company, other, file }) => {
        globalThis.devices[company].addEventListener("calock-unplug", async () => {
          globalThis.devices[other] = await globalThis.virtual.plug(file, { granted: true });
        });
      }, { company: COMPANY, other: EMPLOYEE, file: JSON.stringify(locks[EMPLOYEE].fields) });
      await person.pressLogin();
      if (command !== "GetPINInfo") {
        await person.asked();
        await person.typePin(locks[COMPANY].pin);
      }
      await until(async () => /DISCONNECTED|WRONG_LOCK/.test((await person.state()).code), "the end of it");
      await until(() => page.evaluate((other) => Boolean(globalThis.devices[other]), EMPLOYEE), "the other lock");
      if ((await person.state()).code === "DISCONNECTED" && command === "ECCSignData") await person.pressRetry();
      await until(async () => (await person.state()).code === "WRONG_LOCK", "the wrong lock to be told");
      await untouched(desk, EMPLOYEE);
      const told = await desk.told();
      assert.ok(!told.some(({ type }) => type === "calock-signed"), "nothing was handed out");
      await person.isNotLoggedIn();
    }, { expected: [REFUSED] }));
}
