// One scenario, inside the rig: the browser here sees the lock as a USB device and reaches it through real WebHID or WebUSB.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";

import { SCENARIOS } from "../scenarios.mjs";
import { press } from "../support/accessible.mjs";
import { launch } from "../support/browser.mjs";
import { Place } from "../support/place.mjs";
import { pressKeys } from "../support/screen.mjs";
import { until } from "../support/wait.mjs";

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

/** Where nothing is granted: the person picks the lock in the chooser that Chromium itself draws, on a screen. */
class ChooserPlace extends RigPlace {
  #open = false;

  async arrive(person = this.person) {
    await person.arrive();
    // A demonstration's page puts its own lists before the browser's; sooner, its question below would not come.
    await person.page.waitForFunction(() => !(navigator.hid instanceof HID) && !(navigator.usb instanceof USB));
    const granted = () => Promise.all([navigator.hid.getDevices(), navigator.usb.getDevices()]).then((lists) => lists.flat().length);
    assert.equal(await person.page.evaluate(granted), 0);
  }

  async start(person = this.person) {
    await person.pressLogin();
    await this.choose(person);
  }

  /** A demonstration's page asks first whether a virtual lock will do. */
  async chooserOpens(person = this.person) {
    await press(person.page, "button", "真实设备…");
    this.#open = true;
  }

  choose(person = this.person) {
    return this.#answer(person, ["Tab", "Down", "Return"]);
  }

  cancelChooser(person = this.person) {
    return this.#answer(person, ["Escape"]);
  }

  /** Nothing tells when the chooser is there and has its list: it is asked again until the page goes on. */
  async #answer(person, keys) {
    if (!this.#open) await this.chooserOpens(person);
    const { state: before } = await person.state();
    const goesOn = async () => (await person.state()).state !== before;
    for (let tries = 0; tries < 5; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await pressKeys(...keys);
      if (await until(goesOn, "the page to go on", 3).catch(() => false)) break;
    }
    this.#open = false;
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

const { CALOCK_SCENARIO, CALOCK_ORIGIN, CALOCK_DATA, CALOCK_LOCK, CALOCK_CONTROL, CALOCK_WAY } = process.env;
const scenario = SCENARIOS.find(({ name }) => name === CALOCK_SCENARIO);
const file = await readFile(CALOCK_LOCK, "utf8");
const chooser = CALOCK_WAY === "chooser";
const browser = await launch({ headless: !chooser });
const Kind = chooser ? ChooserPlace : RigPlace;
const place = await Kind.open({ scenario, origin: CALOCK_ORIGIN, data: CALOCK_DATA, file, prefix: CALOCK_WAY, browser });
try {
  await place.run();
} finally {
  await browser.close();
}
