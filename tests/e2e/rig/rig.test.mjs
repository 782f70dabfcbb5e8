// Every scenario through Chromium's real WebHID, or WebUSB: outside of the rig stand the portal and the lock, which speaks on a
// socket; inside (inside.mjs) stands the browser, to which the rig shows the lock as a USB device.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { SCENARIOS } from "../scenarios.mjs";
import { start, stop } from "../support/children.mjs";
import { LOCKS } from "../support/locks.mjs";
import { CALOCK, Portal, ROOT } from "../support/portal.mjs";

const RIG = join(ROOT, "tests/rig/rig.py");
const CHECK = join(ROOT, "tests/rig/check.py");
const INSIDE = fileURLToPath(new URL("inside.mjs", import.meta.url));

const check = spawnSync("python3", [CHECK], { encoding: "utf8" });
const cannot = check.status === 0 ? false : (check.stdout + check.stderr).trim() || `${CHECK} ended with ${check.status}`;
if (cannot) console.log(cannot);

let portal;
before(async () => {
  if (!cannot) portal = await Portal.start();
});
after(() => portal?.stop());

for (const scenario of SCENARIOS.filter(({ only }) => only !== "page")) {
  test(scenario.name, { skip: cannot, timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "calock-rig-"));
    const lock = join(folder, "lock.json");
    await writeFile(lock, (await portal.lock(LOCKS[scenario.lock])).file);
    const faults = (scenario.faults ?? []).flatMap((fault) => ["--fault", fault]);
    const socket = join(folder, "lock.sock");
    const speaking = start(CALOCK, ["lock", "speak", lock, "--socket", socket, "--face", scenario.face ?? "hid", ...faults]);
    try {
      await inRig(scenario, folder, lock, socket + (scenario.interfaces ? `,interfaces=${scenario.interfaces}` : ""));
    } finally {
      await stop(speaking);
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Runs the inside of a scenario in the rig; what it prints is told when it fails, what it measured always. */
async function inRig(scenario, folder, file, place) {
  const control = join(folder, "control.sock");
  const environment = {
    CALOCK_SCENARIO: scenario.name,
    CALOCK_ORIGIN: portal.origin,
    CALOCK_DATA: portal.data,
    CALOCK_LOCK: file,
    CALOCK_CONTROL: control,
  };
  const words = [RIG, "--lock", place, "--control", control, "--origin", portal.origin, "--", process.execPath, INSIDE];
  const child = spawn("python3", words, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const timer = setTimeout(() => child.kill("SIGTERM"), 100_000);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  assert.equal(code, 0, `${signal ?? code}: ${output}`);
  for (const line of output.split("\n")) if (line.startsWith("measured:")) console.log(line);
}
