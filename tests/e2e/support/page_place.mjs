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
    for (const fault of this.scenario.faults ?? []) await this.inject(fault);
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

  unplug() {
    return inPage(this.person.page, (virtual) => {
      [globalThis.pulledOut] = virtual.pluggedIn();
      virtual.unplug(globalThis.pulledOut);
    });
  }

  plug() {
    return inPage(this.person.page, (virtual) => virtual.plug(globalThis.pulledOut).then(() => {}));
  }

  inject(fault) {
    return inPage(this.person.page, (virtual, text) => virtual.pluggedIn()[0].inject(text), fault);
  }

  async onlyFault(fault) {
    await inPage(this.person.page, (virtual) => virtual.pluggedIn()[0].clearFaults());
    await this.inject(fault);
  }
}

/** Runs a function with the module of virtual locks, in the page. */
function inPage(page, run, argument) {
  return page.evaluate(`import("/calock/virtual/virtual.js").then((virtual) => (${run})(virtual, ${JSON.stringify(argument)}))`);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
