// The outside of a scenario in the rig: the lock, which speaks on a socket, and the rig around the inside (inside.mjs).

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { start, stop } from "../support/children.mjs";
import { LOCKS } from "../support/locks.mjs";
import { CALOCK, ROOT } from "../support/portal.mjs";

const RIG = join(ROOT, "tests/rig/rig.py");
const CHECK = join(ROOT, "tests/rig/check.py");
const INSIDE = fileURLToPath(new URL("inside.mjs", import.meta.url));

/** Why the rig cannot run here, or false. Also told, once. */
export function cannotRun(...programs) {
  const check = spawnSync("python3", [CHECK, "chromium", ...programs], { encoding: "utf8" });
  const reason = check.status === 0 ? false : (check.stdout + check.stderr).trim() || `${CHECK} ended with ${check.status}`;
  if (reason) console.log(reason);
  return reason;
}

/**
 * Runs one scenario with a lock of its own.
 * @param {import("../scenarios.mjs").Scenario} scenario
 * @param {import("../support/portal.mjs").Portal} portal
 * @param {{way: "rig"|"chooser", display?: string}} how in the chooser's way the lock is granted to nobody
 */
export async function runInRig(scenario, portal, { way, display }) {
  const folder = await mkdtemp(join(tmpdir(), "calock-rig-"));
  const file = join(folder, "lock.json");
  await writeFile(file, (await portal.lock(LOCKS[scenario.lock])).file);
  const faults = (scenario.faults ?? []).flatMap((fault) => ["--fault", fault]);
  const [socket, control] = [join(folder, "lock.sock"), join(folder, "control.sock")];
  const speaking = start(CALOCK, ["lock", "speak", file, "--socket", socket, "--face", scenario.face ?? "hid", ...faults]);
  const environment = {
    CALOCK_SCENARIO: scenario.name,
    CALOCK_WAY: way,
    CALOCK_ORIGIN: portal.origin,
    CALOCK_DATA: portal.data,
    CALOCK_LOCK: file,
    CALOCK_CONTROL: control,
    ...(display && { DISPLAY: display }),
  };
  const lock = scenario.interfaces ? `${socket},interfaces=${scenario.interfaces}` : socket;
  const grant = way === "chooser" ? ["--no-policy"] : ["--origin", portal.origin];
  try {
    await inRig(["--lock", lock, "--control", control, ...grant, "--", process.execPath, INSIDE], environment);
  } finally {
    await stop(speaking);
    await rm(folder, { recursive: true, force: true });
  }
}

/** What it prints is told when it fails, what it measured always. */
async function inRig(words, environment) {
  const child = spawn("python3", [RIG, ...words], { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const timer = setTimeout(() => child.kill("SIGTERM"), 100_000);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  assert.equal(code, 0, `${signal ?? code}: ${output}`);
  for (const line of output.split("\n")) if (line.startsWith("measured:")) console.log(line);
}
