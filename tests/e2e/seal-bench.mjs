// How long sealing takes in Chromium, against hashing the same file with OpenSSL; a figure for the log, and no verdict.

import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Window, launch } from "./support/browser.mjs";
import { ofd } from "./support/ofd.mjs";
import { Portal } from "./support/portal.mjs";

const folder = mkdtempSync(join(tmpdir(), "calock-seal-bench-"));
const portal = await Portal.start();
const browser = await launch();
try {
  console.log(`${"MB".padStart(6)} ${"openssl sm3".padStart(12)} ${"seal".padStart(9)} ${"verify".padStart(9)}   (ms; sealing includes the virtual lock)`);
  for (const megabytes of [1, 50, 200]) {
    const path = join(folder, `${megabytes}.ofd`);
    writeFileSync(path, ofd([[210, 297], [210, 297]], "测速", randomFillSync(Buffer.alloc(megabytes * 1e6))));
    const began = performance.now();
    execFileSync("openssl", ["dgst", "-sm3", path]);
    const floor = performance.now() - began;
    const window = await Window.open(browser);
    await window.page.goto(`${portal.origin}/seal`);
    await window.page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bench' }))");
    await window.page.locator("#bench").setInputFiles(path);
    const { file: lock } = await portal.lock("enterprise");
    const { seal, verify, same } = await window.page.evaluate(async (text) => {
      const virtual = await import("/calock/virtual/virtual.js");
      await virtual.plug(text, { granted: true });
      const { locks } = await import("/calock/api.js");
      const module = await import("/calock/api-seal.js");
      const [lock] = await locks.known();
      // The lock makes itself a seal, as for the self-test.
      const tools = await lock.tools();
      const signers = await module.signersIn(tools);
      const own = await module.testSealOf(tools, { certificate: signers[0].fingerprint, pin: () => "12345678" });
      const document_ = await module.openDocument(document.querySelector("#bench").files[0]);
      let [started, seal] = [0, 0];
      const placements = [{ pages: "all", x: 100, y: 200 }, { across: "right", at: 100 }];
      started = performance.now();
      const file = await module.seal(document_, { tools, certificate: signers[0].fingerprint, stamps: [{ seal: own, placements }], pin: () => "12345678" });
      seal = performance.now() - started;
      const sealed = await module.openDocument(file);
      started = performance.now();
      const { signatures } = await sealed.verify();
      return { seal, verify: performance.now() - started, same: signatures[0].checks.integrity === "ok" };
    }, lock);
    if (!same) throw new Error("the sealed file does not verify");
    console.log(`${String(megabytes).padStart(6)} ${floor.toFixed(0).padStart(12)} ${seal.toFixed(0).padStart(9)} ${verify.toFixed(0).padStart(9)}`);
    await window.context.close();
    rmSync(path);
  }
} finally {
  await browser.close();
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
}
