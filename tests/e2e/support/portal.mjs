// The reference portal in demo mode: a process of its own, on a port that it takes itself, with a data folder of its own.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { kill, runs, start, stop } from "./children.mjs";
import { until } from "./wait.mjs";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The `calock` command. */
export const CALOCK = process.env.CALOCK ?? join(ROOT, "target/debug/calock");

/** A first start makes a test CA and RSA keys, in a build that is hardly optimised. */
const START_SECONDS = 60;

export class Portal {
  /**
   * Starts it and waits until it answers.
   * @param {string[]} more further words of the command, as `--profile daxing`
   */
  static async start(...more) {
    const portal = new Portal();
    portal.data = await mkdtemp(join(tmpdir(), "calock-portal-"));
    const places = ["--pages", join(ROOT, "www/pages"), "--module", join(ROOT, "pkg/dist"), "--data", portal.data];
    portal.words = ["serve", "--demo", ...places, ...more];
    await portal.#serve("0");
    return portal;
  }

  async #serve(port) {
    this.process = start(CALOCK, [...this.words, "--port", port]);
    try {
      await until(() => this.#answers(), () => `the portal to answer; it said: ${this.process.output}`, START_SECONDS);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends it without a farewell. */
  kill() {
    return kill(this.process);
  }

  /** Starts it once more after that, in the same place with the same data. */
  again() {
    return this.#serve(new URL(this.origin).port);
  }

  async #answers() {
    if (!runs(this.process)) throw new Error(`${CALOCK} serve ended: ${this.process.output}`);
    // It prints its address when it listens.
    this.origin = /http:\/\/localhost:\d+/.exec(this.process.output)?.[0];
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
    await stop(this.process);
    await rm(this.data, { recursive: true, force: true });
  }
}
