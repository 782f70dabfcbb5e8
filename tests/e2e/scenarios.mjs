// What a person does and how it must end. The same list runs with the page's own virtual lock and, through the rig, with
// Chromium's real WebHID and WebUSB: a `place` says how locks come and go there.
//
// place.person                      a Person at a fresh browser
// place.file                        the LockFile of the lock that is plugged in
// place.data                        the portal's data folder
// place.arrive(person?)             open the login page, with the lock plugged in
// place.start(person?)              click the login button, and choose the lock where the browser asks which
// place.screenshot(name, person?)   keep a picture
// place.unplug(), place.plug()      pull the lock out, plug the same one in again
// place.inject(fault)               have something go wrong with it, as text (docs/testing.md)
// place.onlyFault(fault)            the same, and what waits there is taken back
//
// `faults` are injected before the scenario begins. `ways` says where a scenario runs, when that is not in the page and in the rig: with
// the page's virtual lock, in the rig, or in the rig where Chromium's own chooser is pressed. `face` and `interfaces` are for the rig
// (tests/rig/README.md).

import assert from "node:assert/strict";

import { FAULTS } from "./scenarios/faults.mjs";
import { PLUGGING } from "./scenarios/plugging.mjs";
import { USB } from "./scenarios/usb.mjs";
import { says } from "./support/accessible.mjs";
import { message, word } from "./support/catalogue.mjs";
import { REFUSED } from "./support/complaints.mjs";
import { measuredLogins } from "./support/meter.mjs";
import { Person } from "./support/person.mjs";
import { storedSignature } from "./support/stored.mjs";

/** @typedef {{name: string, lock: string, ways?: ("page"|"rig"|"chooser")[], face?: "hid"|"ccid", interfaces?: string, faults?: string[], expected?: RegExp[], run: (place: any) => Promise<void>}} Scenario */

/** @type {Scenario[]} */
export const SCENARIOS = [
  ...PLUGGING,
  ...FAULTS,
  ...USB,
  {
    name: "an enterprise lock with SM2 logs in, and OpenSSL confirms the stored signature",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      await logIn(place, "sm2");
      await storedSignature(place.data, "SM2-SM3");
    },
  },
  {
    name: "a lock with RSA logs in, and OpenSSL confirms the stored signature",
    lock: "rsa",
    expected: [REFUSED],
    async run(place) {
      await logIn(place, "rsa");
      await storedSignature(place.data, "RS256");
    },
  },
  {
    name: "an employee's lock names the company and who uses the lock",
    lock: "employee",
    ways: ["page"],
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.asked();
      await says(person.page, `${word("user")}${file.holder}`);
      await place.screenshot("employee");
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.organisation);
      await says(person.page, file.holder);
      await place.screenshot("employee-home");
    },
  },
  {
    name: "a wrong PIN costs one try, says so, and the right one goes on",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      assert.equal(await person.asked(), file.tries);
      await person.typePin(file.wrongPin);
      await person.isAskedAgain("PIN_WRONG", file.tries - 1);
      await place.screenshot("wrong-pin");
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "a locked PIN is told, and no PIN is asked for",
    lock: "locked",
    expected: [REFUSED],
    run: (place) => ends(place, "PIN_LOCKED", "locked-pin"),
  },
  {
    name: "an expired certificate is told before any PIN",
    lock: "expired",
    expected: [REFUSED],
    run: (place) => ends(place, "CERT_EXPIRED", "expired"),
  },
  {
    name: "an encryption certificate does not log in",
    lock: "encryption",
    expected: [REFUSED],
    run: (place) => ends(place, "CERT_USAGE", "encryption"),
  },
  {
    name: "the chooser closed without a lock is told calmly, and the next click works",
    lock: "enterprise",
    ways: ["page", "chooser"],
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await person.pressLogin();
      await place.chooserOpens();
      await place.screenshot("chooser");
      await place.cancelChooser();
      await person.isRefused("CHOOSER_CANCELLED");
      await place.screenshot("chooser-cancelled");
      await person.pressRetry();
      await place.choose();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "everything fits a screen as narrow as a telephone's",
    lock: "enterprise",
    ways: ["page"],
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      const look = async (picture) => {
        await place.screenshot(`narrow-${picture}`);
        const wide = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${picture}: ${wide} px stand out of the screen`);
      };
      await person.page.setViewportSize({ width: 390, height: 844 });
      await place.arrive();
      await look("1-idle");
      await place.start();
      await person.asked();
      await person.typePin(file.wrongPin);
      await person.isAskedAgain("PIN_WRONG", file.tries - 1);
      await look("2-pin");
      await person.page.keyboard.press("Escape");
      await person.isRefused("PIN_CANCELLED");
      await look("3-cancelled");
      await person.pressRetry();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
      await look("4-home");
    },
  },
  {
    name: "a second tab is told that the first one uses the lock",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.asked();

      const second = new Person(person.window, person.origin, await person.window.newTab());
      await place.arrive(second);
      const start = performance.now();
      await place.start(second);
      await second.isRefused("LOCK_BUSY");
      const waited = (performance.now() - start) / 1000;
      console.log(`measured: ${waited.toFixed(1)} s until the second tab is told`);
      assert.ok(waited < 8, "a person is not left waiting");
      await place.screenshot("second-tab", second);

      await person.page.bringToFront();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "a post from elsewhere is refused, and a post that was taken is not taken twice",
    lock: "enterprise",
    expected: [REFUSED, /net::ERR_FAILED/],
    run: replays,
  },
  {
    name: "the first login takes 12 exchanges at most, a second one in the same page 4",
    lock: "enterprise",
    expected: [REFUSED],
    run: exchangeBudget,
  },
  {
    name: "with RSA, too, the exchanges stay in their budget",
    lock: "rsa",
    expected: [REFUSED],
    run: exchangeBudget,
  },
];

/** DESIGN.md, budgets. */
const FIRST_LOGIN = 12;
const SECOND_LOGIN = 4;

async function logIn(place, picture) {
  const { person, file } = place;
  await place.arrive();
  await place.screenshot(`${picture}-1-idle`);
  await place.start();
  assert.equal(await person.asked(), file.tries, "the tries left are told before the first PIN");
  await place.screenshot(`${picture}-2-pin`);
  await person.typePin(file.pin);
  await person.isLoggedInAs(file.holder);
  await place.screenshot(`${picture}-3-home`);
}

/** The login ends with a code, without a PIN and without a session. */
async function ends(place, code, picture) {
  const { person } = place;
  await place.arrive();
  await place.start();
  await person.isRefused(code);
  await place.screenshot(picture);
  await person.isNotLoggedIn();
}

/** Counted twice: by the module itself, and at the device. */
async function exchangeBudget(place) {
  const { person, file } = place;
  await place.arrive();
  // A person allows the site to use the lock, and changes their mind.
  await place.start();
  await person.asked();
  await person.page.keyboard.press("Escape");
  await person.isRefused("PIN_CANCELLED");

  const logins = await measuredLogins(person.page, file.pin);
  for (const { exchanges, messages, total, module } of logins) {
    console.log(`measured: ${exchanges} exchanges, ${total.toFixed(1)} ms, of them ${module.toFixed(1)} ms in the module`);
    assert.equal(messages, exchanges, "the module counts what the lock was sent");
  }
  const [first, second] = logins;
  assert.deepEqual(logins.map(({ status }) => status), [200, 200]);
  assert.ok(first.exchanges > 0 && first.exchanges <= FIRST_LOGIN, first.journal);
  assert.ok(second.exchanges > 0 && second.exchanges <= SECOND_LOGIN, second.journal);
}

/** A signed login is caught on its way; others then try to use it. */
async function replays(place) {
  const { person, file } = place;
  let caught;
  await person.window.context.route("**/api/login", (route) => {
    caught = route.request().postData();
    return route.abort();
  });
  await place.arrive();
  await place.start();
  await person.asked();
  await person.typePin(file.pin);
  await person.isRefused("SUBMIT_FAILED");
  await place.screenshot("submit-failed");
  await person.window.context.unroute("**/api/login");

  const post = async (origin, body) => {
    const response = await person.window.context.request.post(`${person.origin}/api/login`, {
      data: body,
      headers: { origin, "content-type": "application/json" },
    });
    return { status: response.status(), body: await response.json() };
  };
  await refused(post("https://evil.example", caught), "FORBIDDEN_ORIGIN");
  const foreign = JSON.stringify({ ...JSON.parse(caught), origin: "https://evil.example" });
  await refused(post(person.origin, foreign), "ORIGIN_MISMATCH");

  const taken = await post(person.origin, caught);
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  assert.equal(taken.body.holder.name, file.holder);
  await refused(post(person.origin, caught), "NONCE_USED");

  await person.window.context.clearCookies();
  await tampered(place, () => caught, "NONCE_USED", "replayed");
  await tampered(place, (own) => JSON.stringify({ ...JSON.parse(own), origin: "https://evil.example" }), "ORIGIN_MISMATCH", "foreign-origin");
}

/** Somebody between the page and the portal puts another body in the place of the page's own; the person is told. */
async function tampered(place, body, code, picture) {
  const { person, file } = place;
  await person.window.context.route("**/api/login", (route) => route.continue({ postData: body(route.request().postData()) }));
  await person.pressAgain();
  await person.asked();
  await person.typePin(file.pin);
  await person.isRefused(code);
  await place.screenshot(picture);
  await person.isNotLoggedIn();
  await person.window.context.unroute("**/api/login");
}

async function refused(posting, code) {
  const { status, body } = await posting;
  assert.equal(body.code, code);
  assert.ok(status >= 400 && status < 500, `status ${status}`);
  const { what, todo } = message(code);
  assert.equal(body.message.zh, `${what}${todo}`);
}

/** The scenarios that run in one way. */
export function scenariosOf(way) {
  return SCENARIOS.filter(({ ways = ["page", "rig"] }) => ways.includes(way));
}
