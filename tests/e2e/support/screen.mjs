// A screen that nobody looks at, and the keys that a person would press on it: what is not part of a page, as Chromium's chooser of
// devices, can be reached in no other way.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

import { until } from "./wait.mjs";

const run = promisify(execFile);

/** Starts Xvfb at a display that it picks itself. */
export async function startScreen() {
  // It writes the number of its display to file 3.
  const child = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let told = "";
  for (const stream of [child.stderr, child.stdio[3]]) stream.on("data", (chunk) => (told += chunk));
  const display = await until(() => /^(\d+)\n/m.exec(told)?.[1], () => `Xvfb to start; it said: ${told}`);
  return {
    display: `:${display}`,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Presses keys, one after the other, by their X names. */
export async function pressKeys(...keys) {
  await run("xdotool", ["key", "--delay", "150", ...keys]);
}
