// Somebody of a unit, or a natural person, in a browser: what they click, type and plug in. Knows the pages, and no portal.

import assert from "node:assert/strict";

import { says, text } from "../accessible.mjs";
import { deskWord as desk, word } from "../catalogue.mjs";
import { Person } from "../person.mjs";
import { until } from "../wait.mjs";

export class Applicant {
  constructor(walk, window) {
    this.walk = walk;
    this.window = window;
    this.page = window.page;
    this.login = new Person(window, walk.portal.origin);
  }

  /** Opens a page of the site and waits until it is drawn. */
  async visit(path) {
    await this.page.goto(`${this.walk.portal.origin}${path}`);
    await this.page.locator("h1").first().waitFor();
  }

  says(sentence, seconds) {
    return says(this.page, sentence, seconds);
  }

  async saysNot(sentence) {
    assert.ok(!(await text(this.page)).includes(sentence), `the page says ${sentence}`);
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  /** Types into the field with this label, star and all. */
  async type(label, value) {
    await this.page.getByRole("textbox", { name: label }).fill(value);
  }

  // The desk.

  /** Leaves exactly these locks plugged in, given to the site without the chooser. */
  async plug(...names) {
    const locks = await Promise.all(names.map((name) => this.walk.lock(name)));
    const out = this.page.getByRole("button", { name: new RegExp(`^${desk("unplug")}：`) });
    await this.page.getByRole("button", { name: new RegExp(`^(${desk("plug")}|${desk("unplug")})：`) }).first().waitFor();
    for (const button of await out.all()) {
      const label = await button.getAttribute("aria-label");
      if (!locks.some(({ title }) => label === `${desk("unplug")}：${title}`)) await this.page.getByRole("button", { name: label, exact: true }).click();
    }
    for (const { title } of locks) {
      const put = this.page.getByRole("button", { name: `${desk("plug")}：${title}`, exact: true });
      const there = this.page.getByRole("button", { name: `${desk("unplug")}：${title}`, exact: true });
      await put.or(there).waitFor();
      if (await there.count()) continue;
      await this.page.getByLabel(desk("granted")).check();
      await put.click();
      await there.waitFor();
    }
    return locks[0];
  }

  // Logging in and out.

  /** Presses the login by lock and types the PIN; what comes of it is for the caller to see. */
  async showLock(name) {
    await this.visit("/");
    const { file } = await this.plug(name);
    await this.page.getByRole("tab", { name: "CA登录" }).click();
    await this.login.pressLogin();
    await this.login.asked();
    await this.login.typePin(file.pin);
  }

  /** Logs in with this lock and arrives at this page. */
  async logInByLock(name, path = "/home") {
    await this.showLock(name);
    await this.page.waitForURL(`${this.walk.portal.origin}${path}`);
  }

  /** The portal does not take this lock, with this code and in these words. */
  async isRefusedByLock(name, code, ...sentences) {
    await this.showLock(name);
    const { code: told } = await this.login.becomes("error");
    assert.equal(told, code, await text(this.page));
    for (const sentence of sentences) await this.says(sentence);
  }

  async showPassword(name, password) {
    await this.visit("/");
    await this.page.getByRole("tab", { name: "账号登录" }).click();
    await this.type(/^账号/, name);
    await this.type(/^密码/, password);
    await this.button("登录").click();
  }

  async logInByAccount(name, password, path = "/home") {
    await this.showPassword(name, password);
    await this.page.waitForURL(`${this.walk.portal.origin}${path}`);
  }

  async isRefusedByAccount(name, password, ...sentences) {
    await this.showPassword(name, password);
    for (const sentence of sentences) await this.says(sentence);
  }

  async logOut() {
    await this.button("退出").click();
    await this.page.getByRole("tab", { name: "CA登录" }).waitFor();
  }

  /** The session as the portal tells it. */
  async session() {
    return this.page.evaluate(async () => (await fetch("/api/session")).json());
  }

  // Signing in the dialog that every page opens for it.

  /** Plugs this lock in while the dialog asks for one, or finds it plugged in, types the PIN and signs. */
  async sign(name) {
    const dialog = this.page.locator("dialog.sign");
    await dialog.waitFor();
    const { file } = await this.plug(name);
    const pin = dialog.getByRole("textbox", { name: "证书密码" });
    const choice = dialog.getByRole("button", { name: "选择CA锁…" });
    await pin.or(choice).first().waitFor();
    await pin.fill(file.pin);
    await dialog.getByRole("button", { name: "签名并提交" }).click();
  }

  /** Signs, and the dialog closes because it worked. */
  async signs(name) {
    await this.sign(name);
    await until(async () => (await this.page.locator("dialog.sign").count()) === 0 || (await this.#dialogFailed()), "the dialog to end");
    assert.equal(await this.page.locator("dialog.sign").count(), 0, await text(this.page));
  }

  /** Signs, is refused with these words, and closes the dialog. */
  async isRefusedSigning(name, ...sentences) {
    await this.sign(name);
    for (const sentence of sentences) await this.says(sentence);
    await this.page.locator("dialog.sign").getByRole("button", { name: "关闭" }).click();
    await this.page.locator("dialog.sign").waitFor({ state: "detached" });
  }

  async #dialogFailed() {
    return (await this.page.locator("dialog.sign .notice.bad").count()) > 0;
  }
}
