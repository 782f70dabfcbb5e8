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
    // With an address that was open already it is no new page.
    await this.page.reload();
    await fill(this.page, "textbox", /^登录名/, "admin");
    await fill(this.page, "textbox", /^密码/, password);
    await press(this.page, "button", "登录");
    await find(this.page, "heading", "审核");
  }

  /** Opens a section: 审核, 申请, 账户, 审计. */
  async section(title) {
    await this.page.locator("nav.places").getByRole("link", { name: new RegExp(`^${title}`) }).click();
    await this.#drawn();
    await find(this.page, "heading", title);
  }

  /** Waits until what was asked for is shown: what is redrawn meanwhile cannot be pressed. */
  async #drawn() {
    await this.page.waitForFunction(() => document.querySelector("#main").getAttribute("aria-busy") === "false");
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
    await this.page.getByRole("searchbox", { name: "查找账户" }).fill(name);
    await this.page.getByRole("button", { name: "查找" }).click();
    await this.page.waitForURL(/q=/);
    await this.#drawn();
    await this.page.getByRole("link", { name, exact: true }).click();
    await find(this.page, "heading", name);
  }

  /** Does something to the account that is open, with a reason; returns what the page then says. */
  async support(what, reason) {
    await this.page.getByRole("button", { name: new RegExp(`^${what}`) }).first().click();
    await this.page.getByRole("textbox", { name: /^理由/ }).fill(reason);
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
