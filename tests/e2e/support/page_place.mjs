// A place where the lock is the page's own virtual one (www/virtual): it lives in the page, and the page's stand-in for
// Chromium's chooser asks which lock to use.

import { find, press, says } from "./accessible.mjs";
import { Place } from "./place.mjs";
import { SIGN_COMMANDS } from "./sign_command.mjs";

export class PagePlace extends Place {
  /** Opens the login page and presses the button on the desk that plugs the lock in. */
  async arrive(person = this.person) {
    await person.arrive();
    if (this.scenario.pulledOutWhenSigning) await pullOutWhenSigning(person.page);
    await press(person.page, "button", `插入：${this.title}`);
    await says(person.page, `已插入：${this.title}`);
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

  /** Waits for the chooser: until it is there, what lies below it can still be pressed. */
  async chooserOpens(person = this.person) {
    await find(person.page, "radio");
  }

  async cancelChooser(person = this.person) {
    await this.chooserOpens(person);
    await press(person.page, "button", "取消");
  }
}

/** Whatever lock is plugged in goes at the report that tells it to sign. */
async function pullOutWhenSigning(page) {
  await page.evaluate(async (source) => {
    const { VirtualDevice } = await import("/calock/virtual/device.js");
    const tellsToSign = new RegExp(source, "s");
    const send = VirtualDevice.prototype.sendReport;
    VirtualDevice.prototype.sendReport = function sendReport(id, data) {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      if (!tellsToSign.test(String.fromCharCode(...bytes))) return send.call(this, id, data);
      this.unplug();
      // As in Chromium: what is sent to a lock that is gone never settles.
      return new Promise(() => {});
    };
  }, SIGN_COMMANDS.source);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
