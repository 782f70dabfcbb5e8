// Locks on USB through Chromium's real WebUSB. The page's own virtual ones are in usb.test.mjs.

import assert from "node:assert/strict";

import { REFUSED } from "../support/complaints.mjs";

/** @type {import("../scenarios.mjs").Scenario[]} */
export const USB = [
  {
    name: "a lock on USB logs in, and a wrong PIN costs one try",
    lock: "enterprise",
    only: "rig",
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
    only: "rig",
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
    only: "rig",
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
      await person.pressAgain();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
];
