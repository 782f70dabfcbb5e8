// Every scenario with the page's own virtual lock, each in a browser profile and a portal of its own kind of lock.

import { after, before, test } from "node:test";

import { SCENARIOS } from "./scenarios.mjs";
import { launch } from "./support/browser.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { Portal } from "./support/portal.mjs";

let portal;
let browser;

before(async () => {
  portal = await Portal.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await portal?.stop();
});

for (const scenario of SCENARIOS) {
  test(scenario.name, { timeout: 60_000 }, async () => {
    const { origin, data } = portal;
    const { file, title } = await portal.lock(LOCKS[scenario.lock]);
    const place = await PagePlace.open({ scenario, origin, data, file, title, prefix: "page", browser });
    await place.run();
  });
}
