// The login for people without a mouse, and for people who listen: keyboard only, and axe-core's rules in every state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REFUSED } from "./support/complaints.mjs";
import { announced, find, focused } from "./support/accessible.mjs";
import { message, word } from "./support/catalogue.mjs";
import { examine, openShadowRoots } from "./support/examine.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const both = shared();

async function at(lock, name, run) {
  const { portal, browser } = both;
  const { origin, data } = portal;
  const scenario = { name, lock, run, expected: [REFUSED] };
  const place = await PagePlace.open({ scenario, origin, data, ...(await portal.lock(LOCKS[lock])), prefix: "everyone", browser });
  await place.run();
}

test("a login needs no mouse, and the focus is always where the next step is", { timeout: 60_000 }, () =>
  at("enterprise", "keyboard", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await place.arrive();
    await tabTo(page, word("login"));
    await page.keyboard.press("Enter");
    // The chooser takes the focus to its list; space picks, Enter confirms.
    await until(async () => (await focused(page))?.role === "radio", "the focus in the chooser");
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");

    await person.asked();
    assert.equal((await focused(page)).name, word("pin"), "the PIN field has the focus");
    await page.keyboard.type(file.wrongPin);
    await page.keyboard.press("Enter");
    await person.isAskedAgain("PIN_WRONG", file.tries - 1);
    assert.ok((await announced(page)).join("").includes(message("PIN_WRONG", file.tries - 1).what), "it is spoken");
    assert.equal((await focused(page)).name, word("pin"));
    assert.equal((await focused(page)).invalid, true);
    await page.keyboard.type(file.pin);
    await page.keyboard.press("Enter");
    await person.isLoggedInAs(file.holder);
  }));

test("Escape gives up the PIN question, and nothing is spent", { timeout: 60_000 }, () =>
  at("enterprise", "escape", async (place) => {
    const { person, file } = place;
    await place.arrive();
    await place.start();
    await person.asked();
    await person.page.keyboard.press("Escape");
    await person.isRefused("PIN_CANCELLED");
    await person.pressRetry();
    assert.equal(await person.asked(), file.tries);
  }));

test("axe finds nothing in any state", { timeout: 60_000 }, () =>
  at("enterprise", "axe", async (place) => {
    const { person, file } = place;
    const { page } = person;
    await openShadowRoots(page);
    await place.arrive();
    await examine(page, "idle");
    await place.start();
    await person.asked();
    await examine(page, "PIN question");
    await person.typePin(file.wrongPin);
    await person.isAskedAgain("PIN_WRONG", file.tries - 1);
    await examine(page, "PIN question again");
    await page.keyboard.press("Escape");
    await person.isRefused("PIN_CANCELLED");
    await examine(page, "error");
    await person.pressRetry();
    await person.asked();
    await person.typePin(file.pin);
    await person.isLoggedInAs(file.holder);
    await examine(page, "logged in");
  }));

/** Presses Tab until something of this name has the focus. */
async function tabTo(page, name) {
  await find(page, "button", name);
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page))?.name === name) return;
  }
  throw new Error(`eighty times Tab do not reach ${name}`);
}
