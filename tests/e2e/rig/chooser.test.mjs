// The chooser that Chromium itself draws, for WebHID and WebUSB: a headful browser in the rig on a screen that nobody looks at, and the
// keys that a person would press.

import { after, before, test } from "node:test";

import { scenariosOf } from "../scenarios.mjs";
import { Portal } from "../support/portal.mjs";
import { startScreen } from "../support/screen.mjs";
import { cannotRun, runInRig } from "./outside.mjs";

const cannot = cannotRun("Xvfb", "xdotool");

let portal, screen;
before(async () => {
  if (cannot) return;
  portal = await Portal.start();
  screen = await startScreen();
});
after(async () => {
  await screen?.stop();
  await portal?.stop();
});

for (const scenario of scenariosOf("chooser")) {
  test(scenario.name, { skip: cannot, timeout: 120_000 }, () => runInRig(scenario, portal, { way: "chooser", display: screen.display }));
}
