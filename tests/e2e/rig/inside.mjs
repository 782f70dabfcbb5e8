// One scenario, inside the rig: the browser here sees the lock as a USB device and reaches it through real WebHID.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { SCENARIOS } from "../scenarios.mjs";
import { Place } from "../support/place.mjs";

class RigPlace extends Place {
  async arrive(person = this.person) {
    await person.arrive();
    // Not the page's stand-in: the lock is really in navigator.hid.
    assert.equal(await person.page.evaluate(async () => (await navigator.hid.getDevices())[0] instanceof HIDDevice), true);
  }

  /** The policy of the rig grants the lock, so no chooser opens. */
  async start(person = this.person) {
    await person.pressLogin();
  }
}

const { CALOCK_SCENARIO, CALOCK_ORIGIN, CALOCK_DATA, CALOCK_LOCK } = process.env;
const scenario = SCENARIOS.find(({ name }) => name === CALOCK_SCENARIO);
const file = await readFile(CALOCK_LOCK, "utf8");
const place = await RigPlace.open({ scenario, origin: CALOCK_ORIGIN, data: CALOCK_DATA, file, prefix: "rig" });
await place.run();
