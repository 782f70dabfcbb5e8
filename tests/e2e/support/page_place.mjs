// A place where the lock is the page's own virtual one (www/virtual): it lives in the page, and the page's stand-in for
// Chromium's chooser asks which lock to use.

import { press } from "./accessible.mjs";
import { LOCKS } from "./locks.mjs";
import { Place } from "./place.mjs";
import { SIGN_COMMANDS } from "./sign_command.mjs";

export class PagePlace extends Place {
  async arrive(person = this.person) {
    await person.arrive();
    await person.page.evaluate(async (address) => {
      const { plug } = await import("/calock/virtual/virtual.js");
      globalThis.pluggedIn = await plug(new URL(address, location.href));
    }, `/demo/locks/${LOCKS[this.scenario.lock]}.json`);
    if (this.scenario.pulledOutWhenSigning) await pullOutWhenSigning(person.page);
  }

  async start(person = this.person) {
    await person.pressLogin();
    await this.choose(person);
  }

  /** Picks the one lock in the chooser. */
  async choose(person = this.person) {
    await press(person.page, "radio", new RegExp(escaped(this.file.fields.serial)));
    await press(person.page, "button", "连接");
  }

  async cancelChooser(person = this.person) {
    await press(person.page, "button", "取消");
  }
}

/** The lock goes at the report that tells it to sign. */
async function pullOutWhenSigning(page) {
  await page.evaluate((source) => {
    const tellsToSign = new RegExp(source, "s");
    const device = globalThis.pluggedIn;
    const send = device.sendReport.bind(device);
    device.sendReport = (id, data) => {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      if (!tellsToSign.test(String.fromCharCode(...bytes))) return send(id, data);
      device.unplug();
      // As in Chromium: what is sent to a lock that is gone never settles.
      return new Promise(() => {});
    };
  }, SIGN_COMMANDS.source);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
