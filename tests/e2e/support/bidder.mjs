// Sealing in the page as a bidder does it: the folder with locks and seals, and the steps.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

import { announced, find, press, says } from "./accessible.mjs";
import { Window } from "./browser.mjs";
import { message } from "./catalogue.mjs";
import { CALOCK, ROOT } from "./portal.mjs";
import { shared } from "./shared.mjs";
import { until } from "./wait.mjs";

const { placing, seal } = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8"));
const WORDS = { ...placing, ...seal };
/** The page's words in Chinese. */
export const w = (key, values = {}) => WORDS[key].zh.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
export const COMPANY = "示例建设有限公司";

/**
 * What the tests of one file share: a portal, a browser, and a folder with a company's lock (bare.json has no seal, lock.json has one),
 * its seal (company.esl), a person's (person.esl, for the same lock) and a stranger's lock.
 */
export function office() {
  const both = shared();
  let folder;
  const file = (name) => join(folder, name);
  const calock = (...words) => execFileSync(CALOCK, words, { cwd: folder, encoding: "utf8" });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "calock-seal-"));
    calock("lock", "new", "--name", COMPANY, "--uscc", "911101050000000514", "-o", "bare.json");
    copyFileSync(file("bare.json"), file("lock.json"));
    calock("seal", "make", "--name", COMPANY, "--lock", "lock.json", "-o", "company.esl");
    copyFileSync(file("bare.json"), file("other.json"));
    calock("seal", "make", "--name", "李四", "--shape", "square", "--lock", "other.json", "-o", "person.esl");
    calock("lock", "new", "--name", "另一家示例有限公司", "--uscc", "91110105MA0000006H", "-o", "stranger.json");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** What `calock seal verify` says, apart from the page. */
  const verified = (name) => {
    const { status, stdout } = spawnSync(CALOCK, ["seal", "verify", "--json", file(name)], { encoding: "utf8" });
    return { status, signatures: JSON.parse(stdout || "{}").signatures };
  };
  return { both, file, calock, verified, open: (lock, options) => Bidder.open(both, file, lock, options) };
}

/** A bidder before the page, with a lock plugged in that this site may use. */
class Bidder {
  #file;

  static async open(both, file, lock = "lock.json", options) {
    const bidder = new Bidder();
    bidder.#file = file;
    bidder.window = await Window.open(both.browser, options);
    bidder.page = bidder.window.page;
    await bidder.page.goto(`${both.portal.origin}/seal`);
    await find(bidder.page, "button", w("choose"));
    const text = readFileSync(file(lock), "utf8");
    const face = JSON.parse(text).profile === "piv" ? "usb" : undefined;
    await bidder.virtual((virtual, { text, face }) => virtual.plug(text, { granted: true, face }).then(() => {}), { text, face });
    return bidder;
  }

  virtual(run, argument) {
    return this.page.evaluate(`import("/calock/virtual/virtual.js").then((virtual) => (${run})(virtual, ${JSON.stringify(argument)}))`);
  }

  async choose(name, which = 0) {
    await this.page.locator("calock-seal input[type=file]").nth(which).setInputFiles(this.#file(name));
  }

  async document(name = "bid.ofd", pages = 3) {
    await this.choose(name);
    await says(this.page, w("opened", { n: pages }));
  }

  async connect(count = 1) {
    await press(this.page, "button", w("connect"));
    await says(this.page, count ? w("sealsFound", { n: count }) : w("noSealInLock"));
  }

  /** The rows of the list, by field. */
  field(label) {
    return this.page.locator("calock-seal").getByLabel(label, { exact: true });
  }

  async type(label, value, which = 0) {
    const field = this.field(label).nth(which);
    await field.fill(String(value));
    await field.press("Tab");
  }

  async pin(pin = "12345678") {
    await press(this.page, "button", w("sign"));
    await find(this.page, "textbox", "证书密码");
    await this.page.keyboard.type(pin);
    await this.page.keyboard.press("Enter");
  }

  async sealed(name) {
    await says(this.page, w("sealedAndChecked"), 30);
    const link = this.page.locator("calock-seal .result a[download]");
    const [download] = await Promise.all([this.page.waitForEvent("download"), link.click()]);
    await download.saveAs(this.#file(name));
    // By the link: what Chromium makes of a name in Chinese depends on the machine's language.
    return link.getAttribute("download");
  }

  async refused(code) {
    await until(async () => (await this.page.locator("calock-seal .problem").getAttribute("data-code")) === code, () => `${code} to be told`);
    const told = (await announced(this.page)).join("");
    assert.ok(told.includes(message(code, 5).what), `${code} in words, not: ${told}`);
  }

  signatures() {
    return this.virtual((virtual) => virtual.pluggedIn()[0].log.filter(({ name }) => name === "ECCSignData").length);
  }

  close(...expected) {
    return this.window.close(expected);
  }
}
