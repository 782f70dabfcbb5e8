// Locks that come and go while a person is at the login page.

import assert from "node:assert/strict";

import { REFUSED } from "../support/complaints.mjs";

/** @type {import("../scenarios.mjs").Scenario[]} */
export const PLUGGING = [
  {
    name: "a lock pulled out while it signs ends the login",
    lock: "enterprise",
    faults: ["unplug-before@ECCSignData", "unplug-before@RSASignData"],
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.asked();
      await person.typePin(file.pin);
      await person.isRefused("DISCONNECTED");
      await place.screenshot("unplugged");
      await person.isNotLoggedIn();
    },
  },
  {
    name: "a lock pulled out at the PIN question is told, and logs in when it is plugged in again",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.asked();
      await place.unplug();
      await person.isRefused("DISCONNECTED");
      // It goes on by itself: the lock was not told to sign yet.
      await place.plug();
      await person.goesOn();
      assert.equal(await person.asked(), file.tries);
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "a lock plugged in after the page was opened logs in",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.unplug();
      await place.plug();
      await place.start();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
];
