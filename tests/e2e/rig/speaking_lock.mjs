// The virtual lock as a process that speaks HID reports on a socket, and a wire in front of it that can be cut.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";

import { start, stop } from "../support/children.mjs";
import { CALOCK } from "../support/portal.mjs";
import { SIGN_COMMANDS } from "../support/sign_command.mjs";
import { until } from "../support/wait.mjs";

export class SpeakingLock {
  /**
   * Starts `calock lock speak FILE`.
   * @param {string} folder where the sockets are made
   * @param {string} file the lock file
   * @param {boolean} pulledOutWhenSigning cut the wire before the first command to sign
   */
  static async start(folder, file, pulledOutWhenSigning) {
    const lock = new SpeakingLock();
    lock.socket = join(folder, "usb.socket");
    lock.pulledOutWhenSigning = pulledOutWhenSigning;
    const inner = join(folder, "lock.socket");
    lock.process = start(CALOCK, ["lock", "speak", file, "--socket", inner]);
    // Connections are made for real, once each: to the lock the first one may be the host, and the last.
    lock.server = createServer((host) => lock.#wire(host, inner)).listen(lock.socket);
    await once(lock.server, "listening");
    return lock;
  }

  async #wire(host, inner) {
    host.on("error", () => {});
    host.pause();
    const device = await until(() => reach(inner), () => `the lock to listen; it said: ${this.process.output}`, 5).catch(() => undefined);
    if (!device) return host.destroy();
    const cut = () => {
      host.destroy();
      device.destroy();
    };
    device.on("error", cut).on("close", cut).on("data", (bytes) => host.write(bytes));
    host.on("close", cut).on("data", (bytes) => {
      if (this.pulledOutWhenSigning && SIGN_COMMANDS.test(bytes.toString("latin1"))) return cut();
      device.write(bytes);
    });
    host.resume();
  }

  async stop() {
    this.server.close();
    await stop(this.process);
  }
}

/** A connection, or undefined when nobody listens yet. */
function reach(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket)).once("error", () => resolve(undefined));
  });
}
