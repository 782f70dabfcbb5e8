// 一键检测 (A09, A12, A13, C05 to C08): each step, each thing that can be wrong with a lock, and that a PIN is sent as often as a person
// typed it. The same for people who listen, type, or hold a phone.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { all, announced, fill, find, focused, press, says, text } from "./support/accessible.mjs";
import { Window } from "./support/browser.mjs";
import { message } from "./support/catalogue.mjs";
import { everything, examine, openShadowRoots } from "./support/examine.mjs";
import { CALOCK, Portal, ROOT } from "./support/portal.mjs";
import { shared } from "./support/shared.mjs";
import { until } from "./support/wait.mjs";

const WORDS = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).selftest;
const w = (key) => WORDS.ui[key].zh;
const sentence = (code, values = {}) =>
  Object.fromEntries(Object.entries(WORDS.findings[code].zh).map(([part, said]) => [part, said.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "")]));
/** An enterprise of the demonstration. */
const USCC = "911101050000000514";
const CONTAINERS = ["ECCASM2", "ECCARSA1", "ECCARSA2"];

const both = shared();

/** Somebody before the page. */
class Tester {
  static async open({ origin = both.portal.origin, options } = {}) {
    const tester = new Tester();
    tester.origin = origin;
    tester.window = await Window.open(both.browser, options);
    tester.page = tester.window.page;
    await openShadowRoots(tester.page);
    await tester.page.goto(`${origin}/selftest`);
    await find(tester.page, "button", w("start"));
    return tester;
  }

  /** Plugs a lock in; `file` is a lock file as an object. */
  async plug(file, { granted = true } = {}) {
    this.file = file;
    await this.page.evaluate(async ({ file, granted }) => {
      const virtual = await import("/calock/virtual/virtual.js");
      virtual.install({ remember: false });
      globalThis.lock = await virtual.plug(file, { granted });
    }, { file, granted });
  }

  unplug() {
    return this.page.evaluate(() => globalThis.lock.unplug());
  }

  again() {
    return this.page.evaluate(async () => {
      const { plug } = await import("/calock/virtual/virtual.js");
      globalThis.lock = await plug(globalThis.lock, { granted: true });
    });
  }

  inject(fault) {
    return this.page.evaluate((fault) => globalThis.lock.inject(fault), fault);
  }

  /** How often the lock was given an instruction. */
  count(name) {
    return this.page.evaluate((name) => globalThis.lock.log.filter((exchange) => exchange.name === name).length, name);
  }

  start() {
    return press(this.page, "button", w("start"));
  }

  /** Waits for a state of the element. */
  async becomes(wanted) {
    const state = () => this.page.locator("calock-selftest").getAttribute("state");
    await until(async () => (await state()) === wanted, `the state ${wanted}`).catch(async (error) => {
      throw new Error(`${error.message}; it is ${await state()}: ${await text(this.page)}`);
    });
  }

  async sign(pin = this.file.pin) {
    await this.becomes("asking");
    await fill(this.page, "textbox", "证书密码", pin);
    await press(this.page, "button", w("sign"));
  }

  async ends(code) {
    await this.becomes("done");
    assert.equal(await this.page.locator("calock-selftest").getAttribute("code"), code, await text(this.page));
    await until(async () => (await focused(this.page))?.role === "heading", "the result to have the focus");
  }

  /** The report's lines by their name: "certificates" → "passed CERTS_OK". */
  async report() {
    const report = await this.page.locator("calock-selftest pre").textContent();
    const lines = report.split("\n").map((line) => /^ {0,2}(.+?): ([a-z]+(?: [A-Z_]+)?)/.exec(line)).filter(Boolean);
    return { report, of: Object.fromEntries(lines.map(([, name, said]) => [name, said])) };
  }

  screenshot(name) {
    return this.window.screenshot(`selftest-${name}`);
  }

  async narrow() {
    await this.page.setViewportSize({ width: 390, height: 844 });
    assert.ok((await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, "it fits a phone");
  }
}

/** Runs steps in a window of its own. */
async function at(run, { expected = [], ...more } = {}) {
  const tester = await Tester.open(more);
  try {
    await run(tester);
  } catch (error) {
    await tester.screenshot("failed").catch(() => {});
    await tester.window.close([/./]).catch(() => {});
    throw error;
  }
  await tester.window.close(expected);
}

const lockFile = async (name, portal = both.portal) => JSON.parse((await portal.lock(name)).file);

/** A lock of the demonstration's CA that the demonstration has none of. */
async function made(...words) {
  const folder = await mkdtemp(join(tmpdir(), "calock-selftest-"));
  const output = join(folder, "lock.json");
  try {
    const ca = join(both.portal.data, "demo/ca.json");
    execFileSync(CALOCK, ["lock", "new", "--output", output, "--ca", ca, "--name", "示例建设有限公司", "--uscc", USCC, ...words]);
    return JSON.parse(await readFile(output, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What nobody shall find in a report. */
async function namesNobody(tester) {
  const { report } = await tester.report();
  for (const secret of [tester.file.pin, USCC, "示例建设有限公司", tester.file.serial]) assert.ok(!report.includes(secret), `${secret} in the report`);
  for (const { signing } of tester.file.containers) assert.ok(!signing || !report.includes(signing.certificate.slice(0, 60)));
  assert.doesNotMatch(report, /[0-9A-F]{24}/, "no serial number in full");
}

test("A13 C06 C07: a lock with three containers passes, one line each, and one PIN is sent", { timeout: 90_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await examine(page, "/selftest");
    await tester.plug(await lockFile("yixin"), { granted: false });
    await tester.start();
    // The click is fresh: the browser's window opens without another one.
    await press(page, "radio");
    await press(page, "button", "连接");
    await tester.becomes("asking");
    assert.equal((await focused(page)).name, "证书密码");
    for (const name of CONTAINERS) assert.ok((await find(page, "checkbox", new RegExp(`^${name} `))).checked);
    await examine(page, "the question for the PIN");
    await tester.screenshot("1-asked");
    await tester.sign();
    await tester.ends("SELFTEST_OK");
    await says(page, "检测通过");
    await says(page, "证书状态正常");
    const { of } = await tester.report();
    for (const step of ["browser", "context", "policy", "module", "lock", "containers", "certificates", "signatures"]) assert.match(of[step], /^passed /, step);
    for (const name of CONTAINERS) {
      assert.equal(of[name], "passed SIGNED", name);
      assert.equal(of[`${name} · signing certificate`], "passed CERT_OK");
      assert.equal(of[`${name} · encryption certificate`], "passed CERT_OK");
    }
    assert.deepEqual([await tester.count("VerifyPIN"), await tester.count("ECCSignData"), await tester.count("RSASignData")], [1, 1, 2]);
    assert.ok((await announced(page)).join("").length > 0, "progress is spoken");
    await namesNobody(tester);
    assert.ok(!(await everything(page)).includes(tester.file.pin), "the PIN is not left in the page");
    assert.equal(await page.evaluate(async () => (await fetch("/api/session")).status), 401, "nobody is logged in by it");
    await press(page, "DisclosureTriangle", /^详细信息/);
    await says(page, "平台看到的证书链");
    await examine(page, "the result");
    await tester.screenshot("2-passed");
    await tester.narrow();
    await examine(page, "the result, narrow");
    await tester.screenshot("3-narrow");
  }, { expected: [/401/] }));

test("only the containers that the person chose sign", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await tester.plug(await lockFile("yixin"));
    await tester.start();
    await tester.becomes("asking");
    for (const name of CONTAINERS) await press(page, "checkbox", new RegExp(`^${name} `));
    await fill(page, "textbox", "证书密码", tester.file.pin);
    await press(page, "button", w("sign"));
    await says(page, w("chooseOne"));
    assert.equal(await tester.count("VerifyPIN"), 0);
    await press(page, "checkbox", /^ECCARSA1 /);
    await tester.sign();
    await tester.ends("SELFTEST_OK");
    assert.deepEqual([await tester.count("VerifyPIN"), await tester.count("ECCSignData"), await tester.count("RSASignData")], [1, 0, 1]);
  }));

test("a wrong PIN is the person's try: asked again with the tries left, and never sent again", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await tester.plug(await lockFile("yixin"));
    await tester.start();
    await tester.sign("87654321");
    await says(page, message("PIN_WRONG", 5).what);
    assert.deepEqual([await tester.count("VerifyPIN"), await tester.count("ECCSignData")], [1, 0]);
    assert.ok((await announced(page)).join("").includes(message("PIN_WRONG", 5).what), "it is spoken");
    await examine(page, "a wrong PIN");
    await tester.screenshot("4-wrong-pin");
    await tester.sign();
    await tester.ends("SELFTEST_OK");
    assert.equal(await tester.count("VerifyPIN"), 2);
  }));

test("a PIN that is locked costs nothing more; the last try wants a yes", { timeout: 60_000 }, async () => {
  await at(async (tester) => {
    await tester.plug(await lockFile("locked"));
    await tester.start();
    await tester.ends("PIN_LOCKED");
    assert.equal(await tester.count("VerifyPIN"), 0);
  });
  await at(async (tester) => {
    const { page } = tester;
    await tester.plug({ ...(await lockFile("enterprise")), triesLeft: 1 });
    await tester.start();
    await tester.sign();
    assert.equal(await tester.count("VerifyPIN"), 0);
    await press(page, "checkbox", /最后一次机会/);
    await tester.sign();
    await tester.ends("SELFTEST_OK");
    assert.equal(await tester.count("VerifyPIN"), 1);
  });
});

test("whoever skips the PIN is told that nothing was signed", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("enterprise"));
    await tester.start();
    await press(tester.page, "button", w("skip"));
    await tester.ends("SELFTEST_OK");
    await says(tester.page, sentence("SIGN_SKIPPED").what);
    await says(tester.page, sentence("SELFTEST_OK.notes").todo);
    assert.equal(await tester.count("VerifyPIN"), 0);
  }));

test("C07: an expired certificate is told with what to do, and no PIN is asked for it", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("expired"));
    await tester.start();
    await tester.ends("CERT_EXPIRED");
    await says(tester.page, message("CERT_EXPIRED").what);
    await says(tester.page, message("CERT_EXPIRED").todo);
    const { of } = await tester.report();
    assert.equal(of.signatures, "note NOTHING_TO_SIGN");
    assert.equal(await tester.count("VerifyPIN"), 0);
    await namesNobody(tester);
    await examine(tester.page, "an expired certificate");
    await tester.screenshot("5-expired");
  }));

test("C07: a certificate with sixty days left or less is told before it is too late", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
    await tester.plug(await made("--not-after", soon));
    await tester.start();
    await tester.sign();
    await tester.ends("SELFTEST_OK");
    await says(tester.page, sentence("CERT_EXPIRING", { n: 30 }).what);
  }));

test("a person's lock and an encryption certificate in the signing place are told for what they are", { timeout: 60_000 }, async () => {
  await at(async (tester) => {
    await tester.plug(await lockFile("person"));
    await tester.start();
    await says(tester.page, "个人锁");
    await press(tester.page, "button", w("skip"));
    await tester.ends("SELFTEST_OK");
  });
  await at(async (tester) => {
    await tester.plug(await lockFile("encryption"));
    await tester.start();
    await tester.ends("CERT_USAGE");
  });
});

for (const [what, spoil, code, line] of [
  ["signs with another key than its certificate's", (file, other) => { file.containers[2].signing.key = other.containers[1].signing.key; }, "SIGN_FAILED", "problem SIGN_FAILED"],
  ["holds a certificate that cannot be read", (file) => { file.containers[2].signing.certificate = "AAAA"; }, "CONTAINER_UNREADABLE", "problem CONTAINER_UNREADABLE"],
]) {
  test(`A13: of three containers one ${what}: ask the issuer`, { timeout: 60_000 }, () =>
    at(async (tester) => {
      const file = await lockFile("yixin");
      spoil(file, file);
      await tester.plug(file);
      await tester.start();
      await tester.sign();
      await tester.ends(code);
      await says(tester.page, sentence(code).what);
      await says(tester.page, "请联系证书颁发机构检查这把锁。");
      const { of } = await tester.report();
      assert.deepEqual(CONTAINERS.map((name) => of[name]), ["passed SIGNED", "passed SIGNED", line]);
      assert.equal(await tester.count("VerifyPIN"), 1);
      await tester.screenshot(`6-${code}`);
    }));
}

test("A13: a container that the lock does not open leaves the others their turn", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("yixin"));
    await tester.inject("status=6A88@OpenContainer:once");
    await tester.start();
    await tester.sign();
    await tester.ends("CONTAINER_REFUSED");
    await says(tester.page, sentence("CONTAINER_REFUSED", { n: "6A88" }).what);
    const { of } = await tester.report();
    assert.equal(of.containers, "problem CONTAINERS_FAIL");
    assert.deepEqual(CONTAINERS.slice(1).map((name) => of[name]), ["passed SIGNED", "passed SIGNED"]);
  }));

test("a lock that is pulled out while the PIN is asked for; it goes on when it is back", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("enterprise"));
    await tester.start();
    await tester.becomes("asking");
    await tester.unplug();
    await tester.ends("DISCONNECTED");
    await says(tester.page, message("DISCONNECTED").what);
    assert.equal((await all(tester.page, "textbox", "证书密码")).length, 0, "nobody is asked any more");
    await tester.screenshot("7-unplugged");
    await tester.again();
    await tester.sign();
    await tester.ends("SELFTEST_OK");
  }));

for (const fault of ["unplug-while@VerifyPIN", "unplug-after@ECCSignData", "unplug-before@EnumContainer"]) {
  test(`a lock that is pulled out in the middle: ${fault}`, { timeout: 60_000 }, () =>
    at(async (tester) => {
      await tester.plug(await lockFile("enterprise"));
      await tester.inject(fault);
      await tester.start();
      if (!fault.includes("Enum")) await tester.sign();
      await tester.ends("DISCONNECTED");
      assert.ok((await tester.count("VerifyPIN")) <= 1);
    }));
}

test("A12: no lock is there: 未检测到USBKey, the window is closed, and one that is plugged in then is taken", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await page.evaluate(async () => (await import("/calock/virtual/virtual.js")).install({ remember: false }));
    await tester.start();
    await press(page, "button", "取消");
    await tester.becomes("asking");
    await says(page, "未检测到USBKey");
    await says(page, message("CHOOSER_CANCELLED").what);
    await examine(page, "no lock");
    await tester.screenshot("8-no-lock");
    await tester.narrow();
    await tester.plug(await lockFile("enterprise"));
    await tester.sign();
    await tester.ends("SELFTEST_OK");
  }));

test("of two locks the person says which", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("employee"));
    await tester.plug(await lockFile("enterprise"));
    await tester.start();
    await press(tester.page, "button", /^示例建设有限公司/);
    await tester.sign();
    await tester.ends("SELFTEST_OK");
  }));

test("another CA's lock: the chain leads nowhere; a CA that this portal does not take: what it takes", { timeout: 120_000 }, async () => {
  await at(async (tester) => {
    const file = await tester.page.evaluate(async () => (await import("/calock/virtual/virtual.js")).describeLock({ holder: { name: "示例建设有限公司", uscc: "911101050000000514" } }));
    await tester.plug(JSON.parse(file));
    await tester.start();
    await tester.ends("CHAIN_UNTRUSTED");
    assert.equal(await tester.count("VerifyPIN"), 0);
  });
  const folder = await mkdtemp(join(tmpdir(), "calock-selftest-"));
  const rules = join(folder, "other.toml");
  const demo = await readFile(join(ROOT, "portal/profiles/demo.toml"), "utf8");
  await writeFile(rules, demo.replace('issuers = ["any"]', 'issuers = ["00"]'));
  const portal = await Portal.start("--profile", rules);
  try {
    await at(async (tester) => {
      await tester.plug(await lockFile("enterprise", portal));
      await tester.start();
      await tester.ends("PRODUCT_NOT_ACCEPTED");
      await says(tester.page, sentence("PRODUCT_NOT_ACCEPTED.list").what);
      await says(tester.page, "本平台支持：");
      assert.equal(await tester.count("VerifyPIN"), 0);
      await tester.screenshot("9-not-accepted");
    }, { origin: portal.origin });
  } finally {
    await portal.stop();
    await rm(folder, { recursive: true });
  }
});

test("a portal that cannot be asked is a note, and a signature that it refuses a problem", { timeout: 60_000 }, async () => {
  await at(async (tester) => {
    await tester.plug(await lockFile("enterprise"));
    await tester.page.route("**/api/selftest/certificate", (route) => route.abort());
    await tester.start();
    await tester.ends("SELFTEST_OK");
    const { of } = await tester.report();
    assert.equal(of["unitCert00 · signing certificate"], "note CERT_UNCHECKED");
  }, { expected: [/Failed to load resource/] });
  await at(async (tester) => {
    await tester.plug(await lockFile("enterprise"));
    await tester.page.route("**/api/selftest", async (route) => {
      const posted = JSON.parse(route.request().postData());
      posted.client = "A".repeat(22);
      await route.continue({ postData: JSON.stringify(posted) });
    });
    await tester.start();
    await tester.sign();
    await tester.ends("SIGNATURE_INVALID");
  }, { expected: [/403/] });
});

test("a page that is not https says so, and reaches no lock", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await page.route("http://portal.test/**", async (route) => {
      try {
        const { pathname } = new URL(route.request().url());
        await route.fulfill({ response: await route.fetch({ url: `${both.portal.origin}${pathname}` }) });
      } catch (error) {
        if (!/disposed|closed/.test(error.message)) throw error;
      }
    });
    await page.goto("http://portal.test/selftest");
    await press(page, "button", w("start"));
    await tester.ends("INSECURE_CONTEXT");
    const { of } = await tester.report();
    assert.deepEqual([of.browser, of.policy, of.lock], ["note BROWSER_UNSEEN", "waiting", "waiting"]);
    await tester.screenshot("10-http");
  }, { expected: [/./] }));

test("a page whose header forbids WebHID", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await page.route("**/selftest", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "permissions-policy": "hid=()" } });
    });
    await page.goto(`${tester.origin}/selftest`);
    await press(page, "button", w("start"));
    await tester.ends("POLICY_BLOCKED");
  }, { expected: [/./] }));

test("by keyboard alone, and in English", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    await tester.plug(await lockFile("enterprise"));
    await press(page, "button", "English");
    await find(page, "button", WORDS.ui.start.en);
    await until(async () => {
      await page.keyboard.press("Tab");
      return (await focused(page))?.name === WORDS.ui.start.en;
    }, "the button by Tab");
    await page.keyboard.press("Enter");
    await tester.becomes("asking");
    await page.keyboard.type(tester.file.pin);
    await page.keyboard.press("Enter");
    await tester.ends("SELFTEST_OK");
    await says(page, "Test passed");
    await examine(page, "in English");
    await tester.screenshot("11-english");
    // What stands there is told in the language that is asked for now.
    await press(page, "button", "中文");
    await says(page, "检测通过");
  }));

test("as functions: each step as it changes, the result in the end, and whoever stops listening stops it", { timeout: 60_000 }, () =>
  at(async (tester) => {
    await tester.plug(await lockFile("yixin"));
    const seen = await tester.page.evaluate(async (pin) => {
      const { selftest } = await import("/calock/api-selftest.js");
      const urls = { challengeUrl: "/api/challenge", submitUrl: "/api/selftest", certificateUrl: "/api/selftest/certificate" };
      const steps = selftest({ ...urls, sign: async ({ containers }) => ({ containers: containers.map(({ name }) => name), pin }) });
      const states = {};
      for (;;) {
        const { done, value } = await steps.next();
        if (done) return { states, result: value };
        (states[value.id] ??= []).push(value.state);
      }
    }, tester.file.pin);
    assert.equal(seen.result.code, "SELFTEST_OK");
    assert.ok(seen.result.steps.every(({ ms }) => typeof ms === "number"));
    for (const states of Object.values(seen.states)) {
      assert.equal(states[0], "waiting");
      assert.ok(states.includes("running"));
    }
    assert.equal(await tester.count("VerifyPIN"), 1);

    const stopped = await tester.page.evaluate(async () => {
      const { selftest } = await import("/calock/api-selftest.js");
      for await (const step of selftest()) if (step.id === "lock" && step.state === "passed") break;
      const limit = new AbortController();
      const aborted = selftest({ signal: limit.signal, sign: () => new Promise(() => {}) });
      let code;
      try {
        for await (const step of aborted) if (step.id === "signatures" && step.state === "waiting" && step.text) limit.abort();
      } catch (error) {
        ({ code } = error);
      }
      const { locks } = await import("/calock/api.js");
      const [lock] = await locks.known();
      return { code, certificates: (await lock.certificates()).length };
    });
    assert.deepEqual(stopped, { code: "ABORTED", certificates: 3 }, "the lock can be used afterwards");
    assert.equal(await tester.count("VerifyPIN"), 1);
  }));

test("the login page's suggestion follows the lock", { timeout: 60_000 }, () =>
  at(async (tester) => {
    const { page } = tester;
    const told = () => page.evaluate(() => globalThis.told.map(({ mode, reason }) => `${mode} ${reason}`));
    await page.evaluate(async () => {
      globalThis.told = [];
      const { suggestMode } = await import("/suggest.js");
      suggestMode((suggestion) => globalThis.told.push(suggestion));
    });
    await until(async () => (await told()).length === 1, "the first suggestion");
    await tester.plug(await lockFile("enterprise"));
    await until(async () => (await told()).length === 2, "the second");
    await tester.unplug();
    await until(async () => (await told()).length === 3, "the third");
    await tester.again();
    await until(async () => (await told()).length === 4, "the fourth");
    assert.deepEqual(await told(), ["null unknown", "ca present", "account absent", "ca present"]);
  }));
