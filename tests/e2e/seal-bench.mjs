// How long sealing takes and how much memory it has, in Chromium and natively, beside pyHanko, against hashing the same file with
// OpenSSL. Figures for the log beside the budgets of DESIGN.md, and no verdict: a busy machine proves nothing.

import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Window, launch } from "./support/browser.mjs";
import { ofd, pdf } from "./support/ofd.mjs";
import { Portal, ROOT } from "./support/portal.mjs";

const MEGABYTES = [1, 50, 200];
/** The quickest of so many runs counts. */
const RUNS = 2;
const BUDGET = { hashings: 1.5, mib: 64 };
const PIN = "12345678";
/** Built for speed; the portal here is not. */
const NATIVE = process.env.CALOCK_NATIVE;
const PYHANKO = process.env.JUDGES_PYTHON;
const PLACES = [{ pages: "all", x: 100, y: 200 }, { across: "right", at: 100 }];

const folder = mkdtempSync(join(tmpdir(), "calock-seal-bench-"));
const inFolder = (name) => join(folder, name);

/** Runs a program and says how long it took and how much memory it had. */
function program(...words) {
  return JSON.parse(execFileSync("python3", ["-S", join(ROOT, "tests/pdf_check/measure.py"), ...words], { cwd: folder, encoding: "utf8" }));
}

const hashing = (kind, file) => program("openssl", "dgst", `-${kind}`, file);

/** A lock file with a seal for it, natively. */
async function desk(portal, name) {
  writeFileSync(inFolder(`${name}.json`), (await portal.lock(name)).file);
  execFileSync(NATIVE, ["seal", "make", "--ca", "ca.json", "--name", "示例", "--lock", `${name}.json`, "-o", `${name}.esl`], { cwd: folder });
  return (file) => {
    const key = ["--seal", `${name}.esl`, "--lock", `${name}.json`, "--pin-stdin"];
    const places = ["--page", "all", "--x", "100", "--y", "200", "--across", "right", "--offset", "100"];
    return program("--stdin", `${PIN}\n`, NATIVE, "seal", "apply", file, ...key, ...places, "-o", "sealed");
  };
}

/** The same in a page: sealing and verifying, and the memory of the worker's module, which never shrinks. */
async function inChromium(browser, portal, lock, file) {
  const window = await Window.open(browser);
  try {
    await window.page.goto(`${portal.origin}/seal`);
    await window.page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bench' }))");
    await window.page.locator("#bench").setInputFiles(file);
    await window.page.evaluate(open);
    const workers = window.page.workers();
    for (const worker of workers) await worker.evaluate(keepMemory);
    const took = await window.page.evaluate(sealAndVerify, { lock, placements: PLACES, pin: PIN });
    if (!took.same) throw new Error("the sealed file does not verify");
    const memories = await Promise.all(workers.map((worker) => worker.evaluate(() => globalThis.kept?.buffer.byteLength ?? 0)));
    const mib = Math.max(...memories) / 2 ** 20;
    if (!mib) throw new Error("the module's memory is not seen");
    return { seal: { ms: took.seal, mib }, verify: { ms: took.verify, mib } };
  } finally {
    await window.context.close();
  }
}

async function open() {
  const { openDocument } = await import("/calock/api-seal.js");
  globalThis.plain = await openDocument(document.querySelector("#bench").files[0]);
}

/** Whoever looks into a module's memory shows which one it is. */
function keepMemory() {
  const { get } = Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, "buffer");
  Object.defineProperty(WebAssembly.Memory.prototype, "buffer", {
    get() {
      globalThis.kept ??= this;
      return get.call(this);
    },
  });
}

async function sealAndVerify({ lock: text, placements, pin }) {
  const virtual = await import("/calock/virtual/virtual.js");
  await virtual.plug(text, { granted: true });
  const { locks } = await import("/calock/api.js");
  const module = await import("/calock/api-seal.js");
  const [lock] = await locks.known();
  // The lock makes itself a seal, as for the self-test.
  const tools = await lock.tools();
  const [{ fingerprint: certificate }] = await module.signersIn(tools);
  const own = await module.testSealOf(tools, { certificate, pin: () => pin });
  let began = performance.now();
  const file = await module.seal(globalThis.plain, { tools, certificate, stamps: [{ seal: own, placements }], pin: () => pin });
  const seal = performance.now() - began;
  const sealed = await module.openDocument(file);
  began = performance.now();
  const { signatures } = await sealed.verify();
  return { seal, verify: performance.now() - began, same: signatures.at(-1).checks.integrity === "ok" };
}

/** The quicker of the runs, with the most memory of any. */
async function best(measure) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure());
  return { ms: Math.min(...runs.map(({ ms }) => ms)), mib: Math.max(...runs.map(({ mib }) => mib)) };
}

function row(what, { ms, mib }, floor, budget) {
  const factor = floor ? `${(ms / floor.ms).toFixed(2)} ×` : "";
  const limits = budget ? `budget ${BUDGET.hashings} × and ${BUDGET.mib} MiB` : "";
  console.log(`  ${what.padEnd(34)} ${ms.toFixed(0).padStart(7)} ms ${factor.padStart(8)} ${mib.toFixed(0).padStart(6)} MiB   ${limits}`);
}

async function measure(browser, portal, desks, kind, megabytes) {
  const file = inFolder(`${megabytes}.${kind}`);
  const ballast = randomFillSync(Buffer.alloc(megabytes * 1e6));
  writeFileSync(file, kind === "ofd" ? ofd([[210, 297], [210, 297]], "测速", ballast) : pdf([[595, 842], [595, 842]], ballast));
  console.log(`\n${kind.toUpperCase()}, ${megabytes} MB`);
  const sm3 = await best(() => hashing("sm3", file));
  row("openssl dgst -sm3", sm3);
  const lock = (await portal.lock("enterprise")).file;
  const pages = [];
  const chromium = (what) => best(async () => {
    pages.push(await inChromium(browser, portal, lock, file));
    return pages.at(-1)[what];
  });
  row("Chromium, SM2", await chromium("seal"), sm3, megabytes === Math.max(...MEGABYTES));
  row("Chromium, SM2, verifying it", { ...pages[0].verify, ms: Math.min(...pages.map(({ verify }) => verify.ms)) }, sm3);
  row("calock seal apply, SM2", await best(() => desks.enterprise(file)), sm3);
  if (kind === "pdf") {
    const sha256 = await best(() => hashing("sha256", file));
    row("openssl dgst -sha256", sha256);
    row("calock seal apply, RSA", await best(() => desks["enterprise-rsa"](file)), sha256);
    const sign = join(ROOT, "tests/pdf_check/sign.py");
    if (existsSync(PYHANKO)) row("pyHanko, RSA", await best(() => program(PYHANKO, sign, file, "signed", "key.pem", "cert.pem")), sha256);
    else console.log("  skipped: no pyHanko");
  }
  rmSync(file);
}

const portal = await Portal.start();
const browser = await launch();
try {
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=other"];
  execFileSync("openssl", [...request, "-addext", "keyUsage=digitalSignature,nonRepudiation"], { cwd: folder, stdio: "ignore" });
  const desks = {};
  for (const name of ["enterprise", "enterprise-rsa"]) desks[name] = await desk(portal, name);
  console.log("Whole programs natively: started, sealed, written to disk, read and verified again. In Chromium: sealing with the virtual lock; memory is the module's.");
  for (const kind of ["pdf", "ofd"]) for (const megabytes of MEGABYTES) await measure(browser, portal, desks, kind, megabytes);
} finally {
  await browser.close();
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
}
