// What all places have in common, see scenarios.mjs.

import { launch, Window } from "./browser.mjs";
import { LockFile } from "./locks.mjs";
import { Person } from "./person.mjs";

export class Place {
  /**
   * Opens a browser and makes a place of it.
   * @param {{scenario: import("../scenarios.mjs").Scenario, origin: string, data: string, file: string, title: string,
   *   prefix: string, browser?: import("playwright-core").Browser}} options `file` the lock file's text; `title` what the page calls it; `prefix` goes before the names of screenshots
   */
  static async open({ scenario, origin, data, file, title, prefix, browser }) {
    const place = new this();
    place.scenario = scenario;
    place.data = data;
    place.file = new LockFile(file);
    place.title = title;
    place.prefix = prefix;
    place.browser = browser ?? (await launch());
    place.ownsBrowser = !browser;
    place.window = await Window.open(place.browser);
    place.person = new Person(place.window, origin);
    return place;
  }

  /** @param {string} name @param {Person} person */
  screenshot(name, person = this.person) {
    return person.screenshot(`${this.prefix}-${name}`);
  }

  /** Closes the browser; fails when the page complained of something unexpected. */
  async close(expected) {
    try {
      await this.window.close(expected);
    } finally {
      if (this.ownsBrowser) await this.browser.close();
    }
  }

  /** Runs the scenario; a failure leaves a picture of the page. */
  async run() {
    const { scenario } = this;
    try {
      await scenario.run(this);
    } catch (error) {
      const state = await this.person.state().catch(() => ({}));
      await this.screenshot(`failed-${scenario.name.replaceAll(/\W+/g, "-")}`).catch(() => {});
      await this.close([/./]).catch(() => {});
      error.message += `\n  the element: ${JSON.stringify(state)}\n  the page: ${this.window.complaints.join("\n  ") || "no complaints"}`;
      throw error;
    }
    await this.close(scenario.expected);
  }
}
