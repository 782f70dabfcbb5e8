// A place where the lock is the page's own virtual one (www/virtual): it lives in the page, and the page's stand-in for
// Chromium's chooser asks which lock to use.

import { find, press, says } from "./accessible.mjs";
import { Place } from "./place.mjs";

export class PagePlace extends Place {
  /** Opens the login page and presses the button on the desk that plugs the lock in. */
  async arrive(person = this.person) {
    await person.arrive();
    await press(person.page, "button", `插入：${this.title}`);
    await says(person.page, `已插入：${this.title}`);
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

  /** Waits for the chooser: until it is there, what lies below it can still be pressed. */
  async chooserOpens(person = this.person) {
    await find(person.page, "radio");
  }

  async cancelChooser(person = this.person) {
    await this.chooserOpens(person);
    await press(person.page, "button", "取消");
  }
}

/** The lock that is plugged in goes when it is told to sign. */
async function pullOutWhenSigning(page) {
  await page.evaluate(async () => {
    const { pluggedIn } = await import("/calock/virtual/virtual.js");
    for (const device of pluggedIn()) for (const sign of ["ECCSignData", "RSASignData"]) device.inject(`unplug-before@${sign}`);
  });
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
