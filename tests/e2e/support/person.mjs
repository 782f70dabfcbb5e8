// A person at the login page: what they click and type, and what they are told. Knows no lock and no bytes.

import assert from "node:assert/strict";

import { fill, find, press, says, text } from "./accessible.mjs";
import { message, word } from "./catalogue.mjs";
import { until } from "./wait.mjs";

const ENDED = new Set(["done", "error", "unsupported"]);

export class Person {
  /**
   * @param {import("./browser.mjs").Window} window
   * @param {string} origin the portal's
   * @param {import("playwright-core").Page} page
   */
  constructor(window, origin, page = window.page) {
    this.window = window;
    this.origin = origin;
    this.page = page;
  }

  /** Opens the login page and waits until its button is there. */
  async arrive() {
    await this.page.goto(`${this.origin}/`);
    await find(this.page, "button", word("login"));
  }

  async pressLogin() {
    await press(this.page, "button", word("login"));
  }

  /** Clicks the button under an error that the same click can mend. */
  async pressRetry() {
    await this.pressAgain(word("retry"));
  }

  /** Clicks the button under an error, whatever it is called, and waits until the error is gone. */
  async pressAgain(name = new RegExp(`^(${word("retry")}|${word("restart")})$`)) {
    // Seen as it happens: a login that fails anew may be over before anybody looks again.
    await this.page.evaluate(() => {
      globalThis.moved = false;
      const seen = new MutationObserver(() => (globalThis.moved = true));
      seen.observe(document.querySelector("calock-login"), { attributes: true, attributeFilter: ["state"] });
    });
    await press(this.page, "button", name);
    await until(() => this.page.evaluate(() => globalThis.moved), "the error to go");
  }

  /** A login that had ended goes on without a click. */
  async goesOn() {
    await until(async () => (await this.state()).state !== "error", "the login to go on by itself");
  }

  /** Waits for the PIN question; returns the tries left that the page tells. */
  async asked() {
    await this.becomes("pin");
    await find(this.page, "textbox", word("pin"));
    const { tries } = await this.state();
    return tries;
  }

  async typePin(pin) {
    await fill(this.page, "textbox", word("pin"), pin);
    await press(this.page, "button", word("confirm"));
  }

  /** What the element tells about itself. */
  async state() {
    const element = this.page.locator("calock-login");
    if ((await element.count()) === 0) return { state: null, code: null, tries: null };
    const [state, code, tries] = await Promise.all(
      ["state", "code", "tries-left"].map((name) => element.getAttribute(name)),
    );
    return { state, code, tries: tries === null ? null : Number(tries) };
  }

  /** Waits for a state; an end that was not expected is told at once. */
  async becomes(wanted) {
    return until(
      async () => {
        const now = await this.state();
        if (now.state !== wanted && ENDED.has(now.state)) {
          throw new Error(`expected ${wanted}, but: ${JSON.stringify(now)} ${await text(this.page)}`);
        }
        return now.state === wanted && now;
      },
      `the state ${wanted}`,
    );
  }

  /** The login ended with this code, and the page says the catalogue's sentences for it. */
  async isRefused(code, { tries } = {}) {
    const end = await this.becomes("error");
    assert.equal(end.code, code, await text(this.page));
    if (tries !== undefined) assert.equal(end.tries, tries);
    const { what, todo } = message(code, tries ?? "");
    await says(this.page, what);
    await says(this.page, todo);
  }

  /** The PIN was refused and is asked for again, with the tries that are left. */
  async isAskedAgain(code, tries) {
    await until(async () => {
      const now = await this.state();
      return now.state === "pin" && now.code === code;
    }, `the PIN question with ${code}`);
    assert.equal((await this.state()).tries, tries);
    await says(this.page, message(code, tries).what);
  }

  /** The page behind the login is there and names the holder. */
  async isLoggedInAs(name) {
    await this.page.waitForURL(`${this.origin}/home`);
    await says(this.page, "已登录");
    await says(this.page, name);
    const session = await this.page.evaluate(async () => {
      const response = await fetch("/api/session");
      return { status: response.status, body: await response.json() };
    });
    assert.equal(session.status, 200);
    assert.equal(session.body.holder.name, name);
    assert.equal(await this.page.evaluate(() => document.cookie), "", "the session cookie is HttpOnly");
  }

  /** Nobody is logged in. */
  async isNotLoggedIn() {
    const status = await this.page.evaluate(async () => (await fetch("/api/session")).status);
    assert.equal(status, 401);
  }

  screenshot(name) {
    return this.window.screenshot(name, this.page);
  }
}
