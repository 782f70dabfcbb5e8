// Sealed documents sent to the portal: with the PIN of the sealing, in pieces, over a network that breaks and a portal that is killed; what
// arrives is what was sealed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { find, press, says } from "./support/accessible.mjs";
import { Window, launch } from "./support/browser.mjs";
import { examine } from "./support/examine.mjs";
import { LockFile } from "./support/locks.mjs";
import { ofd } from "./support/ofd.mjs";
import { Portal, ROOT } from "./support/portal.mjs";
import { until } from "./support/wait.mjs";

const WORDS = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).seal;
const w = (key, values = {}) => WORDS[key].zh.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
/** What the console says of requests that a portal did not answer, or refused. */
const BROKEN = /ERR_|Failed to load resource/;
const LARGE = 34_000_000;

let portal, browser, folder, lock;
const file = (name) => join(folder, name);
const sm3 = (bytes) => createHash("sm3").update(bytes).digest("hex");

before(async () => {
  [portal, browser] = await Promise.all([Portal.start(), launch()]);
  folder = mkdtempSync(join(tmpdir(), "calock-post-"));
  lock = new LockFile((await portal.lock("enterprise")).file);
  const ballast = Buffer.alloc(LARGE);
  for (let at = 0; at < LARGE; at += 64) createHash("sha512").update(String(at)).digest().copy(ballast, at);
  writeFileSync(file("bid.ofd"), ofd([[210, 297]], "投标文件"));
  writeFileSync(file("large.ofd"), ofd([[210, 297]], "投标文件", ballast));
  const bidder = await Bidder.open();
  await bidder.page.evaluate(register, { pin: lock.pin });
  bidder.state = await bidder.window.context.storageState();
  Bidder.state = bidder.state;
  await bidder.close();
});
after(async () => {
  await browser?.close();
  await portal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** In the page: registers by the lock that is plugged in. */
async function register({ pin }) {
  const [{ locks }, { digest }] = await Promise.all([import("/calock/api.js"), import("/calock/api-tools.js")]);
  const [known] = await locks.known();
  const certificate = (await known.certificates()).find(({ usage }) => usage !== "encryption");
  const formText = JSON.stringify({ kind: "unit", roles: ["bidder"], fields: {} });
  const post = async (path, body) => {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const payload = await digest(new TextEncoder().encode(formText), certificate);
  const challenge = await post("/api/challenge", { purpose: "register", account: null, payload });
  const signed = await known.login({ challenge, certificate: certificate.fingerprint, pin: async () => pin });
  await post("/api/register", { by: "certificate", formText, signed });
  localStorage.setItem("site-session", "1");
  await known.close();
}

/** A bidder at the page for sealing, logged in once there is an account. */
class Bidder {
  static state;
  /** Pieces that were sent: from where, and the statuses. */
  pieces = [];

  static async open(options) {
    const bidder = new Bidder();
    bidder.window = await Window.open(browser, { storageState: Bidder.state, ...options });
    bidder.page = bidder.window.page;
    bidder.page.on("request", (request) => {
      if (request.method() === "PATCH") bidder.pieces.push(Number(request.headers()["upload-offset"]));
    });
    await bidder.arrive();
    return bidder;
  }

  async arrive() {
    await this.page.goto(`${portal.origin}/seal`);
    await find(this.page, "button", w("choose"));
    await this.virtual((virtual, text) => virtual.plug(text, { granted: true }).then(() => {}), JSON.stringify(lock.fields));
  }

  virtual(run, argument) {
    return this.page.evaluate(`import("/calock/virtual/virtual.js").then((virtual) => (${run})(virtual, ${JSON.stringify(argument)}))`);
  }

  async document(name) {
    await this.page.locator("calock-seal input[type=file]").first().setInputFiles(file(name));
    await says(this.page, w("opened", { n: 1 }));
  }

  /** Seals a document on its first page, with one PIN. */
  async seal(name) {
    await this.document(name);
    await press(this.page, "button", w("connect"));
    await says(this.page, w("sealsFound", { n: 1 }));
    await press(this.page, "button", w("add"));
    await press(this.page, "button", w("sign"));
    await this.pin();
    await says(this.page, w("sealedAndChecked"), 90);
  }

  async pin() {
    await find(this.page, "textbox", "证书密码");
    await this.page.keyboard.type(lock.pin);
    await this.page.keyboard.press("Enter");
  }

  /** The sealed document as the person keeps it. */
  async download(name) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.page.locator("calock-seal .result a[download]").click()]);
    await download.saveAs(file(name));
    return readFileSync(file(name));
  }

  count(command) {
    return this.virtual((virtual, wanted) => virtual.pluggedIn()[0].log.filter(({ name }) => name === wanted).length, command);
  }

  /** How much has gone. */
  part() {
    return this.page.locator("calock-seal progress").evaluate((bar) => (bar.parentElement.hidden ? 0 : bar.value));
  }

  async receipts() {
    return (await this.page.evaluate(() => fetch("/api/seals").then((response) => response.json()))).seals;
  }

  /** What the portal has of a receipt, byte for byte. */
  async kept({ seal }) {
    const response = await this.page.request.get(`${portal.origin}/api/seals/${seal}/file`);
    return response.body();
  }

  close(...expected) {
    return this.window.close(expected);
  }
}

test("sealed and sent with one PIN; the receipt and the document are there", { timeout: 120_000 }, async () => {
  const bidder = await Bidder.open();
  const { page } = bidder;
  await bidder.seal("bid.ofd");
  const bytes = await bidder.download("bid-sealed.ofd");
  await press(page, "button", w("post"));
  await says(page, w("posted"));
  assert.deepEqual([await bidder.count("VerifyPIN"), await bidder.count("ECCSignData")], [1, 2], "the seal and the statement, one PIN");
  const [receipt] = await bidder.receipts();
  assert.deepEqual([receipt.digest, receipt.size, receipt.kind], [sm3(bytes), bytes.length, "ofd"]);
  assert.ok((await bidder.kept(receipt)).equals(bytes));
  const row = page.locator("#sent tbody tr").first();
  assert.match(await row.textContent(), new RegExp(`${receipt.name}.*${receipt.digest}`));
  await examine(page, "receipts");
  await bidder.window.screenshot("seal-posted");
  await page.setViewportSize({ width: 390, height: 800 });
  await bidder.window.screenshot("seal-posted-narrow");
  // They are there when somebody comes back.
  await page.reload();
  await until(async () => (await page.locator("#sent tbody tr").count()) === 1, () => "the list of receipts");
  await bidder.close();
});

test("a portal that is killed in the middle and started again gets the rest, once and whole", { timeout: 240_000 }, async () => {
  const bidder = await Bidder.open();
  const { page } = bidder;
  await bidder.seal("large.ofd");
  const bytes = await bidder.download("large-sealed.ofd");
  assert.ok(bytes.length > LARGE);
  await press(page, "button", w("post"));
  await until(async () => (await bidder.part()) > 0.3, () => "a third to have gone", 60);
  await portal.kill();
  await until(async () => /秒后接着上传/.test(await page.locator("calock-seal .status").textContent()), () => "the page to wait");
  const sent = bidder.pieces.length;
  await portal.again();
  await says(page, w("posted"), 120);
  assert.ok(bidder.pieces[sent] > 0.2 * LARGE, `went on from ${bidder.pieces[sent]}`);
  assert.deepEqual([await bidder.count("VerifyPIN"), await bidder.count("ECCSignData")], [1, 2]);
  const [receipt] = await bidder.receipts();
  assert.deepEqual([receipt.digest, receipt.size], [sm3(bytes), bytes.length]);
  assert.ok((await bidder.kept(receipt)).equals(bytes));
  await bidder.close(BROKEN);
});

test("stopped, and gone on with after the page was closed: without a lock, from where it was", { timeout: 240_000 }, async () => {
  const bidder = await Bidder.open();
  const { page } = bidder;
  await bidder.seal("large.ofd");
  const bytes = await bidder.download("large-sealed-again.ofd");
  await press(page, "button", w("post"));
  await until(async () => (await bidder.part()) > 0.3, () => "a third to have gone", 60);
  await press(page, "button", w("cancel"));
  await says(page, w("postKept"));
  await page.reload();
  await find(page, "button", w("choose"));
  const sent = bidder.pieces.length;
  // As the browser named it when it was downloaded.
  await page.locator("calock-seal input[type=file]").first().setInputFiles({ name: "大标书-已签章.ofd", mimeType: "", buffer: bytes });
  await says(page, w("opened", { n: 1 }));
  await press(page, "button", w("postOpened"));
  await says(page, w("posted"), 120);
  assert.ok(bidder.pieces[sent] > 0.2 * LARGE, `went on from ${bidder.pieces[sent]} with ${bidder.pieces.length - sent} pieces`);
  const [receipt] = await bidder.receipts();
  assert.equal(receipt.digest, sm3(bytes));
  assert.ok((await bidder.kept(receipt)).equals(bytes));
  await bidder.close(BROKEN);
});

test("what could not be stated while it was sealed is stated with another PIN when it is sent", { timeout: 120_000 }, async () => {
  const bidder = await Bidder.open();
  const { page } = bidder;
  await page.route("**/api/challenge", (route) => route.abort());
  await bidder.seal("bid.ofd");
  assert.deepEqual([await bidder.count("VerifyPIN"), await bidder.count("ECCSignData")], [1, 1]);
  await page.unroute("**/api/challenge");
  // The first answer gets lost: nothing is signed or sent a second time for it.
  let lost = 0;
  await page.route("**/api/seals", async (route) => {
    if (route.request().method() !== "POST" || (lost += 1) > 1) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await press(page, "button", w("post"));
  await bidder.pin();
  await says(page, w("posted"), 60);
  assert.deepEqual([await bidder.count("VerifyPIN"), await bidder.count("ECCSignData")], [2, 2]);
  assert.equal((await bidder.receipts()).length, 4);
  await bidder.close(BROKEN);
});
