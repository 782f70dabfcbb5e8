// Every scenario through Chromium's real WebHID, or WebUSB: outside of the rig stand the portal and the lock; inside stands the browser, to
// which the rig shows the lock as a USB device.

import { after, before, test } from "node:test";

import { scenariosOf } from "../scenarios.mjs";
import { Portal } from "../support/portal.mjs";
import { cannotRun, runInRig } from "./outside.mjs";

const cannot = cannotRun();

let portal;
before(async () => {
  if (!cannot) portal = await Portal.start();
});
after(() => portal?.stop());

for (const scenario of scenariosOf("rig")) {
  test(scenario.name, { skip: cannot, timeout: 120_000 }, () => runInRig(scenario, portal, { way: "rig" }));
}
