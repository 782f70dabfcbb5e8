// Chromium with a fresh profile for every test; what goes wrong in the page fails the test that opened it.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--disable-features=Translate",
];

const SCREENSHOTS = new URL("../../../target/screenshots/", import.meta.url);

/** Starts Chromium, headless unless it is to be seen on a screen; `CHROMIUM` names another binary. */
export function launch({ headless = true } = {}) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, headless, args: FLAGS, env: { ...process.env, LANG: "zh_CN.UTF-8" } });
}

/** A window without history, in Chinese as our users have it, whose complaints are kept. */
export class Window {
  /** @type {string[]} */
  complaints = [];

  /** @param {import("playwright-core").Browser} browser */
  static async open(browser, options = {}) {
    const window = new Window();
    window.context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 800 }, ...options });
    window.context.setDefaultTimeout(20_000);
    window.context.on("page", (page) => window.#listen(page));
    window.page = await window.context.newPage();
    return window;
  }

  #listen(page) {
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.stack ?? error}`));
    page.on("crash", () => this.complaints.push("the page crashed"));
    // Violations of the content security policy and of Trusted Types arrive here too.
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
  }

  /** Another tab of the same profile. */
  newTab() {
    return this.context.newPage();
  }

  /** Takes target/screenshots/NAME.png. */
  async screenshot(name, page = this.page) {
    await mkdir(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, SCREENSHOTS)), fullPage: true });
  }

  /** Closes the window and fails on every complaint that none of `expected` describes. */
  async close(expected = []) {
    await this.context.close();
    const unexpected = this.complaints.filter((complaint) => !expected.some((known) => known.test(complaint)));
    assert.deepEqual(unexpected, [], "the page complained");
  }
}
