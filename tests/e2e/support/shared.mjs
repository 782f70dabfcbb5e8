// What all tests of one file share: a portal and a browser, started before the first and ended after the last.

import { after, before } from "node:test";

import { launch } from "./browser.mjs";
import { Portal } from "./portal.mjs";

/** @returns {{portal: Portal, browser: import("playwright-core").Browser}} filled when the tests run */
export function shared() {
  const both = {};
  before(async () => {
    both.portal = await Portal.start();
    both.browser = await launch();
  });
  after(async () => {
    await both.browser?.close();
    await both.portal?.stop();
  });
  return both;
}
