// The reference portal in demo mode: a process of its own, on a port that it takes itself, with a data folder of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { until } from "./wait.mjs";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The `calock` command. */
export const CALOCK = process.env.CALOCK ?? join(ROOT, "target/debug/calock");

/** A first start makes a test CA and RSA keys, in a build that is hardly optimised. */
const START_SECONDS = 60;

export class Portal {
  /** Starts it and waits until it answers. */
  static async start() {
    const portal = new Portal();
    portal.data = await mkdtemp(join(tmpdir(), "calock-portal-"));
    const places = ["--pages", join(ROOT, "www/pages"), "--module", join(ROOT, "pkg/dist"), "--data", portal.data];
    portal.process = spawn(CALOCK, ["serve", "--demo", "--port", "0", ...places], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    portal.output = "";
    portal.process.stdout.on("data", (chunk) => (portal.output += chunk));
    portal.process.stderr.on("data", (chunk) => (portal.output += chunk));
    portal.process.on("error", (error) => (portal.output += `${error}`));
    try {
      await until(() => portal.#answers(), () => `the portal to answer; it said: ${portal.output}`, START_SECONDS);
    } catch (error) {
      await portal.stop();
      throw error;
    }
    return portal;
  }

  async #answers() {
    if (this.process.exitCode !== null || this.process.pid === undefined) {
      throw new Error(`${CALOCK} serve ended: ${this.output}`);
    }
    // It prints its address when it listens.
    this.origin = /http:\/\/localhost:\d+/.exec(this.output)?.[0];
    return this.origin && fetch(`${this.origin}/`).then((response) => response.ok, () => false);
  }

  /** One of the virtual locks it offers: the lock file's text, and what the page calls it. */
  async lock(name) {
    const offered = await (await fetch(`${this.origin}/demo/locks.json`)).json();
    const title = offered.find((lock) => lock.name === name)?.title.zh;
    const response = await fetch(`${this.origin}/demo/locks/${name}.json`);
    if (!title || !response.ok) throw new Error(`the portal has no lock ${name}, but ${JSON.stringify(offered)}`);
    return { file: await response.text(), title };
  }

  /** Ends it by its own process id and removes its data. */
  async stop() {
    if (this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null) {
      const gone = once(this.process, "exit");
      this.process.kill("SIGTERM");
      const timer = setTimeout(() => this.process.kill("SIGKILL"), 5_000);
      await gone;
      clearTimeout(timer);
    }
    await rm(this.data, { recursive: true, force: true });
  }
}
