// One scenario, inside the rig: the browser here sees the lock as a USB device and reaches it through real WebHID or WebUSB.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";

import { SCENARIOS } from "../scenarios.mjs";
import { Place } from "../support/place.mjs";

class RigPlace extends Place {
  async arrive(person = this.person) {
    await person.arrive();
    // Not the page's stand-in: the lock is really in the browser's own list.
    const [list, kind] = this.scenario.face === "ccid" ? ["usb", "USBDevice"] : ["hid", "HIDDevice"];
    const real = `navigator.${list}.getDevices().then(([device]) => device instanceof ${kind})`;
    assert.equal(await person.page.evaluate(real), true);
  }

  /** The policy of the rig grants the lock, so no chooser opens. */
  async start(person = this.person) {
    await person.pressLogin();
  }

  unplug() {
    return order({ do: "unplug" });
  }

  plug() {
    return order({ do: "plug" });
  }

  inject(fault) {
    return order({ do: "fault", text: fault });
  }

  async onlyFault(fault) {
    await order({ do: "clear" });
    await this.inject(fault);
  }
}

/** One line to the rig's control socket (tests/rig/control.py), and its answer. */
async function order(message) {
  const socket = connect(CALOCK_CONTROL);
  socket.end(`${JSON.stringify(message)}\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  assert.equal(JSON.parse(answer).ok, true, answer);
}

const { CALOCK_SCENARIO, CALOCK_ORIGIN, CALOCK_DATA, CALOCK_LOCK, CALOCK_CONTROL } = process.env;
const scenario = SCENARIOS.find(({ name }) => name === CALOCK_SCENARIO);
const file = await readFile(CALOCK_LOCK, "utf8");
const place = await RigPlace.open({ scenario, origin: CALOCK_ORIGIN, data: CALOCK_DATA, file, prefix: "rig" });
await place.run();
