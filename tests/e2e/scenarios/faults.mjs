// What goes wrong with a lock, as a person at the login page meets it: each fault is told by its own code, and the same click logs in
// when it has passed. Every fault at every exchange is tried in tests/faults; this is what a browser adds.

import assert from "node:assert/strict";

import { says } from "../support/accessible.mjs";
import { message } from "../support/catalogue.mjs";
import { REFUSED } from "../support/complaints.mjs";

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
const HARMLESS = ["open-fails@open", "report-duplicated@ExportCertificate:twice", "stale-reply@OpenContainer"];
/** The same, after the PIN was asked. */
const HARMLESS_LATER = ["slow=800@GenRandom", "pin-reset@VerifyPIN"];

/** @type {import("../scenarios.mjs").Scenario[]} */
export const FAULTS = [
  {
    name: "each fault is told by its code, and the same click logs in when it has passed",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      const [[first, code], ...others] = READING;
      await place.inject(first);
      await place.start();
      await person.isRefused(code);
      for (const [fault, told] of others) {
        await place.onlyFault(fault);
        await person.pressAgain();
        await person.isRefused(told);
      }
      for (const [fault, told] of SIGNING) {
        await place.onlyFault(fault);
        await person.pressAgain();
        await person.asked();
        await person.typePin(file.pin);
        await person.isRefused(told);
      }
      await place.onlyFault("status=63C2@VerifyPIN");
      await person.pressAgain();
      await person.asked();
      await person.typePin(file.pin);
      // It says what the lock said; no try was really lost, and the next question knows.
      await says(person.page, message("PIN_WRONG", 2).what);
      assert.equal(await person.asked(), file.tries, "no PIN was sent twice");
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
  {
    name: "what a lock may do wrong without harm keeps nobody from logging in",
    lock: "enterprise",
    expected: [REFUSED],
    async run(place) {
      const { person, file } = place;
      await place.arrive();
      for (const fault of [...HARMLESS, ...HARMLESS_LATER]) await place.inject(fault);
      await place.start();
      await person.asked();
      await person.typePin(file.pin);
      await person.isLoggedInAs(file.holder);
    },
  },
];
