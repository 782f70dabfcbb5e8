// Somebody before the self-test's page (/selftest), with a lock of the page's own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { fill, find, focused, press, text } from "./accessible.mjs";
import { Window } from "./browser.mjs";
import { openShadowRoots } from "./examine.mjs";
import { ROOT } from "./portal.mjs";
import { until } from "./wait.mjs";

export const WORDS = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).selftest;

/** A word of the self-test. */
export const w = (key) => WORDS.ui[key].zh;

/** What a code of its own says, `{…}` filled in. */
export function sentence(code, values = {}) {
  const filled = (text) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const { what, todo } = WORDS.findings[code].zh;
  return { what: filled(what), todo: filled(todo) };
}

/** Somebody before the page. */
export class Tester {
  static async open(browser, origin) {
    const tester = new Tester();
    tester.origin = origin;
    tester.window = await Window.open(browser);
    tester.page = tester.window.page;
    await openShadowRoots(tester.page);
    await tester.page.goto(`${origin}/selftest`);
    await find(tester.page, "button", w("start"));
    return tester;
  }

  /** Plugs a lock in; `file` is a lock file as an object. */
  async plug(file, options = {}) {
    this.file = file;
    await this.page.evaluate(async ({ file, options }) => {
      const virtual = await import("/calock/virtual/virtual.js");
      virtual.install({ remember: false });
      globalThis.lock = await virtual.plug(file, { granted: true, ...options });
    }, { file, options });
  }

  unplug() {
    return this.page.evaluate(() => globalThis.lock.unplug());
  }

  again() {
    return this.page.evaluate(async () => {
      const { plug } = await import("/calock/virtual/virtual.js");
      globalThis.lock = await plug(globalThis.lock, { granted: true });
    });
  }

  inject(fault) {
    return this.page.evaluate((fault) => globalThis.lock.inject(fault), fault);
  }

  /** How often the lock was given an instruction. */
  count(name) {
    return this.page.evaluate((name) => globalThis.lock.log.filter((exchange) => exchange.name === name).length, name);
  }

  start() {
    return press(this.page, "button", w("start"));
  }

  /** Waits for a state of the element. */
  async becomes(wanted) {
    const state = () => this.page.locator("calock-selftest").getAttribute("state");
    await until(async () => (await state()) === wanted, `the state ${wanted}`).catch(async (error) => {
      throw new Error(`${error.message}; it is ${await state()}: ${await text(this.page)}`);
    });
  }

  async sign(pin = this.file.pin) {
    await this.becomes("asking");
    await fill(this.page, "textbox", "证书密码", pin);
    await press(this.page, "button", w("sign"));
  }

  async ends(code) {
    await this.becomes("done");
    assert.equal(await this.page.locator("calock-selftest").getAttribute("code"), code, await text(this.page));
    await until(async () => (await focused(this.page))?.role === "heading", "the result to have the focus");
  }

  /** The report's lines by their name: "certificates" → "passed CERTS_OK". */
  async report() {
    const report = await this.page.locator("calock-selftest pre").textContent();
    const lines = report.split("\n").map((line) => /^ {0,2}(.+?): ([a-z]+(?: [A-Z0-9_]+)?)/.exec(line)).filter(Boolean);
    return { report, of: Object.fromEntries(lines.map(([, name, said]) => [name, said])) };
  }

  screenshot(name) {
    return this.window.screenshot(`selftest-${name}`);
  }

  async narrow() {
    await this.page.setViewportSize({ width: 390, height: 844 });
    assert.ok((await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "it fits a phone");
  }
}
