// A walk through one portal, from the registration to the unbinding: its rules, its people, its administrator, its clock.

import assert from "node:assert/strict";
import { after, before, test as nodeTest } from "node:test";

import { text } from "../accessible.mjs";
import { launch, Window } from "../browser.mjs";
import { REFUSED } from "../complaints.mjs";
import { examine, openShadowRoots } from "../examine.mjs";
import { LockFile } from "../locks.mjs";
import { Portal } from "../portal.mjs";
import { Administrator } from "./administrator.mjs";
import { Applicant } from "./applicant.mjs";

/** The widths at which every page is looked at: a desk and a phone. */
const WIDTHS = [1280, 390];

/**
 * Starts the portal of this profile before the first step and ends it after the last.
 * @param {string} profile a built-in one, or a file
 * @param {string} [called] what its pictures are called
 */
export function walk(profile, called = profile) {
  const it = new Walk(profile, called);
  before(() => it.start());
  after(() => it.stop());
  return it;
}

class Walk {
  #people = new Map();
  #failed = false;

  constructor(profile, called) {
    this.profile = profile;
    this.called = called;
    this.test = this.#step.bind(this);
  }

  async start() {
    this.portal = await Portal.start("--profile", this.profile);
    this.browser = await launch();
    this.rules = await (await fetch(`${this.portal.origin}/api/portal`)).json();
  }

  async stop() {
    // What a page complained of fails the file, and ends the browser all the same.
    try {
      for (const { window } of this.#people.values()) await window.close(this.#failed ? [/./] : [REFUSED]);
    } finally {
      await this.browser?.close();
      await this.portal?.stop();
    }
  }

  /** A step of the walk. Steps build on each other: after one that failed the others fail at once. */
  #step(title, run) {
    nodeTest(title, { timeout: 120_000 }, async () => {
      assert.ok(!this.#failed, "a step before this one failed");
      try {
        await run();
      } catch (error) {
        this.#failed = true;
        for (const [name, { window }] of this.#people) {
          const { page } = window;
          await window.screenshot(`${this.called}-failed-${name}`).catch(() => {});
          const [said] = (await text(page).catch(() => "?")).split("手边没有锁时");
          error.message += `\n  ${name} at ${page.url()}: ${said}\n  ${window.complaints.slice(-3).join("\n  ")}`;
        }
        throw error;
      }
    });
  }

  /** Somebody in a browser of their own, by any name; the same one the next time. */
  person(name) {
    return this.#opened(name, (window) => new Applicant(this, window));
  }

  /** The administrator, logged in. */
  async administrator() {
    return this.#opened("administrator", (window) => new Administrator(this, window));
  }

  async #opened(name, make) {
    if (!this.#people.has(name)) {
      const window = await Window.open(this.browser);
      await openShadowRoots(window.page);
      const person = make(window);
      this.#people.set(name, { window, person });
      await person.begin?.();
    }
    return this.#people.get(name).person;
  }

  /** A lock of this portal's desk. */
  async lock(name) {
    const { file, title } = await this.portal.lock(name);
    return { name, title, file: new LockFile(file) };
  }

  /** Lets time pass. Sessions end by it, as they would. */
  async later(minutes) {
    const response = await fetch(`${this.portal.origin}/demo/clock`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ minutes }),
    });
    assert.equal(response.status, 200, await response.text());
    await this.#people.get("administrator")?.person.begin();
  }

  /** Looks at a page: axe, no scrolling sideways, and a picture at each width. */
  async look(person, name) {
    const { window, page } = person;
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      await window.screenshot(`portal-${this.called}-${name}-${width}`);
      assert.ok(wide <= 0, `${name} is ${wide} pixels wider than ${width}`);
      await examine(page, `${this.called}, ${name}, ${width} pixels`);
    }
    await page.setViewportSize({ width: WIDTHS[0], height: 800 });
  }
}
