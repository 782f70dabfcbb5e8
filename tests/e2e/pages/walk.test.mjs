// A person of the demonstration portal through its pages: registered by lock, data submitted by signature, a lock swapped, a lock deleted;
// what was typed survives what goes wrong. One walk per portal's manual is in ../portals.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fill, find, focused, press, says } from "../support/accessible.mjs";
import { Window } from "../support/browser.mjs";
import { REFUSED } from "../support/complaints.mjs";
import { examine, openShadowRoots } from "../support/examine.mjs";
import { LockFile } from "../support/locks.mjs";
import { shared } from "../support/shared.mjs";

const both = shared();
const PASSWORD = "calock2026";

/** Somebody with the demonstration's locks before them. */
class Visitor {
  static async open(options) {
    const visitor = new Visitor();
    visitor.window = await Window.open(both.browser, options);
    visitor.page = visitor.window.page;
    await openShadowRoots(visitor.page);
    return visitor;
  }

  async visit(path) {
    await this.page.goto(`${both.portal.origin}${path}`);
    await find(this.page, "button", "English");
  }

  async plug(name) {
    const { file, title } = await both.portal.lock(name);
    this.file = new LockFile(file);
    this.title = title;
    await press(this.page, "button", `插入：${title}`);
    await find(this.page, "button", `拔出：${title}`);
  }

  unplug() {
    return press(this.page, "button", `拔出：${this.title}`);
  }

  /** Picks the one lock that is plugged in, in the browser's chooser. */
  async choose() {
    await press(this.page, "button", "选择CA锁…");
    await press(this.page, "radio", /./);
    await press(this.page, "button", "连接");
  }

  async sign(pin = this.file.pin) {
    await fill(this.page, "textbox", "证书密码", pin);
    await press(this.page, "button", "签名并提交");
  }

  close() {
    return this.window.close([REFUSED]);
  }
}

test("registered by lock, submitted by signature, and nothing that was typed is lost", { timeout: 120_000 }, async () => {
  const visitor = await Visitor.open();
  const { page } = visitor;
  await visitor.visit("/register");
  await visitor.plug("enterprise");
  await press(page, "button", "读取证书");
  await examine(page, "dialog without a lock");
  await visitor.choose();
  await find(page, "textbox", "单位名称");
  assert.equal(await page.locator("#field-certificate-name").inputValue(), visitor.file.organisation, "A16");
  assert.equal(await page.locator("#field-certificate-name").evaluate((field) => field.readOnly), true, "A16: not editable");

  await fill(page, "textbox", /^密码/, PASSWORD);
  await fill(page, "textbox", /^确认密码/, "another1");
  await press(page, "button", "马上注册");
  await says(page, "两次输入的密码不一致。");
  await fill(page, "textbox", /^确认密码/, PASSWORD);
  await press(page, "button", "马上注册");
  await find(page, "textbox", "证书密码");
  assert.equal((await focused(page)).name, "证书密码");
  await examine(page, "PIN question");
  await visitor.sign(visitor.file.wrongPin);
  await says(page, "还有5次机会");
  // Given up in the middle: the form below is as it was.
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator("#field-password").inputValue(), PASSWORD);
  await press(page, "button", "马上注册");
  await visitor.sign();
  await page.waitForURL("**/account");
  await says(page, "注册成功");
  await examine(page, "basic data");

  await fill(page, "textbox", /^手机号/, "12");
  await press(page, "button", "提交");
  await says(page, "这不像是电话号码");
  await fill(page, "textbox", /^手机号/, "13800000000");
  await press(page, "button", "English");
  assert.equal(await page.locator("#field-phone").inputValue(), "13800000000", "the other language keeps what was typed");
  await press(page, "button", "中文");
  await press(page, "button", "提交");
  await visitor.sign();
  await says(page, "已提交。");
  assert.equal(await page.locator("#field-phone").evaluate((field) => field.readOnly), true, "E13: locked after it was submitted");
  await visitor.close();
});

test("a second lock is added while the session stays with the first, and deleted again", { timeout: 120_000 }, async () => {
  const visitor = await Visitor.open();
  const { page } = visitor;
  await visitor.visit("/");
  await visitor.plug("enterprise");
  await press(page, "button", "使用 CA 锁登录");
  await press(page, "radio", /./);
  await press(page, "button", "连接");
  await fill(page, "textbox", "证书密码", visitor.file.pin);
  await press(page, "button", "登录");
  await page.waitForURL("**/home");
  await examine(page, "home");

  await visitor.visit("/locks");
  await press(page, "button", "获取锁信息");
  await says(page, "已绑定在本账号");
  await examine(page, "dialog that asks for another lock");
  await visitor.unplug();
  await visitor.plug("enterprise-rsa");
  await visitor.choose();
  await find(page, "textbox", "锁号");
  await press(page, "button", "确认绑定");
  await visitor.sign();
  await says(page, "绑定成功");
  const rows = page.locator("#bound-title ~ .table tbody tr");
  assert.equal(await rows.count(), 2);
  await examine(page, "locks");

  await press(page, "button", "English");
  assert.equal(await page.locator("h1").textContent(), "CA locks");
  await press(page, "button", "中文");
  await rows.last().getByRole("button", { name: "删除" }).click();
  await page.locator("dialog.ask button.danger").click();
  await visitor.sign();
  await says(page, "已解绑");
  await says(page, "历史记录");
  assert.equal(await rows.count(), 1);
  await visitor.close();
});

test("on a phone's width nothing lies outside of the page", { timeout: 120_000 }, async () => {
  const visitor = await Visitor.open({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const { page } = visitor;
  for (const path of ["/", "/register", "/requests"]) {
    await visitor.visit(path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, path);
    await examine(page, `${path} on a phone`);
  }
  await visitor.close();
});

test("account and password by keyboard; a wrong password keeps the name", { timeout: 60_000 }, async () => {
  const visitor = await Visitor.open();
  const { page } = visitor;
  await visitor.visit("/");
  await press(page, "tab", "CA登录");
  await page.keyboard.press("ArrowRight");
  assert.equal((await focused(page)).name, "账号登录");
  await fill(page, "textbox", /^账号/, "示例建设有限公司");
  await fill(page, "textbox", /^密码/, "wrong-password-1");
  await page.keyboard.press("Enter");
  await says(page, "账号或密码不正确");
  assert.equal(await page.locator("#field-name").inputValue(), "示例建设有限公司");
  assert.equal(await page.locator("#field-password").inputValue(), "");
  await examine(page, "password refused");
  await visitor.close();
});
