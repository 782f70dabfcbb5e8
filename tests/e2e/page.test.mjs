// Every scenario with the page's own virtual lock, each in a browser profile and a portal of its own kind of lock.

import { test } from "node:test";

import { scenariosOf } from "./scenarios.mjs";
import { LOCKS } from "./support/locks.mjs";
import { PagePlace } from "./support/page_place.mjs";
import { shared } from "./support/shared.mjs";

const both = shared();

for (const scenario of scenariosOf("page")) {
  test(scenario.name, { timeout: 60_000 }, async () => {
    const { portal, browser } = both;
    const { origin, data } = portal;
    const { file, title } = await portal.lock(LOCKS[scenario.lock]);
    const place = await PagePlace.open({ scenario, origin, data, file, title, prefix: "page", browser });
    await place.run();
  });
}
