// Locks on USB through Chromium's real WebUSB. The page's own virtual ones are in usb.test.mjs.

import assert from "node:assert/strict";

import { press } from "../support/accessible.mjs";
import { word } from "../support/catalogue.mjs";
import { REFUSED } from "../support/complaints.mjs";

/** The person is told that the first chooser had no lock for them, and asks for the second. */
async function notListed(place) {
  const { person } = place;
  await place.arrive();
  await person.pressLogin();
  await place.cancelChooser();
  await person.isRefused("CHOOSER_CANCELLED");
  await press(person.page, "button", word("notListed"));
  await place.choose();
}

/** @type {import("../scenarios.mjs").Scenario[]} */
export const USB = [
  {
    name: "a lock on USB is picked in the second chooser and logs in",
    lock: "enterprise",
    ways: ["chooser"],
    face: "ccid",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await notListed(place);
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "a lock that is a smart card reader is picked in the second chooser, and told to be none for pages",
    lock: "enterprise",
    ways: ["chooser"],
    face: "ccid",
    interfaces: "0b",
    expected: [REFUSED],
    async run(place) {
      await notListed(place);
      await place.person.isRefused("PROTECTED_CLASS");
    },
  },
  {
    name: "a lock on USB logs in, and a wrong PIN costs one try",
    lock: "enterprise",
    ways: ["rig"],
    face: "ccid",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      assert.equal(await person.asked(), file.tries);
      await person.typePin(file.wrongPin);
      await person.isAskedAgain("PIN_WRONG", file.tries - 1);
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "a lock on USB with RSA logs in beside protected interfaces of the same device",
    lock: "rsa",
    ways: ["rig"],
    face: "ccid",
    interfaces: "ff+0b+03+08",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "what goes wrong on USB has its code, and the same click logs in when it has passed",
    lock: "enterprise",
    ways: ["rig"],
    face: "ccid",
    faults: ["open-taken@open:always"],
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      await place.start();
      await person.isRefused("LOCK_BUSY");
      for (const [fault, code] of [["send-stalls@EnumContainer", "BAD_FRAME"], ["garbled@OpenContainer", "BAD_FRAME"], ["silent@GetContainerInfo", "TIMEOUT"]]) {
        await place.onlyFault(fault);
        await person.pressAgain();
        await person.isRefused(code);
      }
      await place.onlyFault("unplug-while@ECCSignData");
      await person.pressAgain();
      await person.asked();
      await person.typePin(file.pin);
      await person.isRefused("DISCONNECTED");
      await place.plug();
      await person.pressAgain();
      await person.asked();
      await place.unplug();
      await person.isRefused("DISCONNECTED");
      await place.plug();
      // It goes on by itself: the lock was not told to sign yet.
      await person.goesOn();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
];
