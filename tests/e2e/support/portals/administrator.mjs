// The administrator at /admin: what they click and type.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { fill, find, press, says, text } from "../accessible.mjs";

export class Administrator {
  constructor(walk, window) {
    this.walk = walk;
    this.window = window;
    this.page = window.page;
  }

  /** Logs in with the password that the demonstration printed. */
  async begin() {
    const [, password] = /admin\b.*?(\S+)\s*$/m.exec(this.walk.portal.process.output) ?? [];
    assert.ok(password, `no administrator's password in: ${this.walk.portal.process.output}`);
    await this.page.goto(`${this.walk.portal.origin}/admin`);
    await fill(this.page, "textbox", /^登录名/, "admin");
    await fill(this.page, "textbox", /^密码/, password);
    await press(this.page, "button", "登录");
    await find(this.page, "heading", "审核");
  }

  /** Opens a section: 审核, 申请, 账户, 审计. */
  async section(title) {
    await press(this.page, "link", new RegExp(`^${title}`));
    await find(this.page, "heading", title);
  }

  /** Opens the first entry of the list that is of this unit and kind. */
  async open(section, ...words) {
    await this.section(section);
    const row = this.page.getByRole("row").filter({ hasText: words[0] });
    const chosen = words.slice(1).reduce((rows, word) => rows.filter({ hasText: word }), row);
    await chosen.first().getByRole("link").first().click();
    await find(this.page, "link", `← 返回${section}`);
  }

  /** 通过 or 退回, with a reason. */
  async decide(approve, reason) {
    if (reason) await fill(this.page, "textbox", /^理由/, reason);
    await press(this.page, "button", approve ? "通过" : "退回");
    await says(this.page, approve ? "已通过：" : "已退回：");
  }

  /** Decides what waits of this unit and kind. */
  async review(approve, reason, ...words) {
    await this.open("审核", ...words);
    await this.decide(approve, reason);
  }

  /** Finds an account and opens it. */
  async account(name) {
    await this.section("账户");
    await fill(this.page, "searchbox", "查找账户", name);
    await press(this.page, "button", "查找");
    await press(this.page, "link", name);
    await find(this.page, "heading", name);
  }

  /** Does something to the account that is open, with a reason; returns what the page then says. */
  async support(what, reason) {
    await press(this.page, "button", what instanceof RegExp ? what : new RegExp(`^${what}`));
    await fill(this.page, "textbox", /^理由/, reason);
    // The dialog's own button; the one below it cannot be reached while it is open.
    await this.page.locator("dialog[open] .actions button").first().click();
    await says(this.page, "已完成：");
    return text(this.page);
  }

  /** The password that is told once. */
  async toldPassword() {
    return (await this.page.locator(".told code").textContent()).trim();
  }

  /** The newest evidence of the audit, as it is downloaded. */
  async evidence() {
    const [saved] = await Promise.all([
      this.page.waitForEvent("download"),
      this.page.getByRole("link", { name: "下载证据" }).first().click(),
    ]);
    return JSON.parse(await readFile(await saved.path(), "utf8"));
  }
}
