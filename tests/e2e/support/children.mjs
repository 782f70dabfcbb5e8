// Programs that a test started: they end with it, also when node's test runner ends it for taking too long.

import { spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set();

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    for (const child of running) child.kill("SIGKILL");
    process.exit(1);
  });
}

/** Starts a program; what it prints and why it could not be started is kept in `child.output`. */
export function start(program, words) {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
  child.output = "";
  running.add(child);
  child.on("exit", () => running.delete(child));
  child.on("error", (error) => {
    running.delete(child);
    child.output += error;
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (child.output += chunk));
  return child;
}

/** Whether it runs. */
export function runs(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Asks it to end, and after five seconds makes it. */
export async function stop(child) {
  if (!runs(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(timer);
}

/** Ends it without asking. */
export async function kill(child) {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
