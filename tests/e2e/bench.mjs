// What a login costs in headless Chromium, for `cargo xtask bench login`: exchanges, and milliseconds by who spent them.

import { Window, launch } from "./support/browser.mjs";
import { LOCKS, LockFile } from "./support/locks.mjs";
import { measuredLogins } from "./support/meter.mjs";
import { Portal } from "./support/portal.mjs";

const PAGES = 10;

const portal = await Portal.start();
const browser = await launch();
try {
  for (const kind of ["enterprise", "rsa"]) {
    const lock = await portal.lock(LOCKS[kind]);
    const logins = [];
    for (let page = 0; page < PAGES; page += 1) logins.push(await inNewPage(lock));
    console.log(`${lock.title}: ${PAGES} pages, the page's virtual lock without latency, medians`);
    for (const [index, name] of ["first login ", "second login"].entries()) {
      const of = (key) => median(logins.map((login) => login[index][key]));
      const [total, own] = [of("total"), of("module")];
      console.log(`  ${name}  ${of("exchanges")} exchanges  ${ms(total)} in all  ${ms(total - own)} lock  ${ms(own)} module`);
    }
  }
} finally {
  await browser.close();
  await portal.stop();
}

/** Two logins in a page of a new profile. */
async function inNewPage({ file }) {
  const window = await Window.open(browser);
  const { page } = window;
  await page.goto(`${portal.origin}/`);
  await page.evaluate(async (text) => {
    const virtual = await import("/calock/virtual/virtual.js");
    virtual.install({ remember: false });
    await virtual.plug(text, { granted: true });
  }, file);
  const logins = await measuredLogins(page, new LockFile(file).pin);
  await window.close([/status of 401/]);
  return logins;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function ms(value) {
  return `${value.toFixed(1).padStart(6)} ms`;
}
