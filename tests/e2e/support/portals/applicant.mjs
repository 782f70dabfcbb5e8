// Somebody of a unit, or a natural person, in a browser: what they click, type and plug in. Knows the pages, and no portal.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { says, text } from "../accessible.mjs";
import { ROOT } from "../portal.mjs";
import { deskWord as desk, word } from "../catalogue.mjs";
import { Person } from "../person.mjs";
import { until } from "../wait.mjs";

/** What the element for sealing says. */
const SEAL = JSON.parse(readFileSync(`${ROOT}/www/messages.json`, "utf8")).seal;

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
    // What was plugged in on the last page comes back by itself, and takes a moment for it.
    const kept = await this.page.evaluate(() => JSON.parse(sessionStorage.getItem("calock-demo-plugged") ?? "[]").length);
    await until(async () => (await out.count()) === kept, `${kept} locks to be plugged in as before`);
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

  // Registering, and the basic data.

  /**
   * Registers with this lock and arrives at the basic data.
   * @param {{roles?: string[], password?: string, fields?: Record<string, string>}} more fields by their labels
   */
  async registerByLock(name, more = {}) {
    await this.showRegistration(name, more);
    await this.button("马上注册").click();
    await this.signs(name);
    await this.page.waitForURL(/\/account/);
  }

  /** Fills the registration by lock in, up to the button. */
  async showRegistration(name, { roles = [], password, fields = {}, kind } = {}) {
    await this.visit("/register");
    const way = this.page.getByRole("radio", { name: /^使用CA锁注册/ });
    await this.button("马上注册").waitFor();
    if (await way.count()) await way.check();
    if (kind) await this.page.getByRole("radio", { name: kind }).check();
    await this.plug(name);
    await this.button("读取证书").click();
    await this.button("重新读取").waitFor();
    await this.#registration({ roles, password, fields });
  }

  /** Registers with a password; what comes of it is for the caller to see. */
  async registerByPassword({ roles = [], password, fields = {}, kind } = {}) {
    await this.visit("/register");
    await this.button("马上注册").waitFor();
    const way = this.page.getByRole("radio", { name: /^使用密码注册/ });
    if (await way.count()) await way.check();
    if (kind) await this.page.getByRole("radio", { name: kind }).check();
    await this.#registration({ roles, password, fields });
    await this.button("马上注册").click();
  }

  async #registration({ roles, password, fields }) {
    for (const role of roles) await this.page.getByLabel(role).check();
    for (const [label, value] of Object.entries(fields)) await this.type(new RegExp(`^${label}`), value);
    if (!password) return;
    await this.type(/^密码/, password);
    await this.type(/^确认密码/, password);
  }

  /** Fills the rest of the basic data in and uploads what is asked for. */
  async complete(values = {}) {
    await this.visit("/account");
    await this.button("保存").waitFor();
    const { kind } = (await this.session()).account;
    const { fields, attachments } = this.walk.rules.registration;
    for (const { key, title, only } of fields) {
      const field = this.page.locator(`#field-${key}`);
      if ((only && only !== kind) || !(await field.isEditable())) continue;
      const value = values[title.zh] ?? DATA[key];
      if (value !== undefined) await field.fill(value);
    }
    for (const { title, only } of attachments) if (!only || only === kind) await this.upload(title.zh);
  }

  /** Uploads a scan for what the page calls this. */
  async upload(title) {
    const row = this.page.getByRole("listitem").filter({ hasText: title });
    await row.locator("input[type=file]").setInputFiles(scan(title));
    await row.getByText("重新上传").waitFor();
  }

  /** 保存, which is not 提交. */
  async save() {
    await this.page.getByRole("button", { name: "保存", exact: true }).click();
    await this.says("保存不等于提交");
  }

  /** 提交: with the lock's signature in a session by lock, with a yes in one by password. */
  async submit(lock) {
    if (lock) await this.plug(lock);
    await this.page.getByRole("button", { name: "提交", exact: true }).click();
    if (lock) await this.signs(lock);
    else await this.page.locator("dialog[open]").getByRole("button", { name: "提交", exact: true }).click();
    await this.says("已提交。");
  }

  /** 修改信息, 确定: the data can be edited. */
  async changeData() {
    await this.page.getByRole("button", { name: "修改信息", exact: true }).click();
    await this.page.locator("dialog[open]").getByRole("button", { name: "确定", exact: true }).click();
    await this.button("下一步").waitFor();
  }

  /** 下一步: the letter is made of the data, and opened. */
  async nextToLetter() {
    await this.page.getByRole("button", { name: "下一步", exact: true }).click();
    await this.page.waitForURL(/\/letter$/);
    await this.page.locator("calock-seal .view").waitFor();
    await until(async () => (await this.page.locator("calock-seal").getAttribute("aria-busy")) === "false", () => "the letter to be opened");
  }

  /** 签章: the seal of this lock is put where it is suggested, and the PIN is typed once. */
  async sealLetter(name) {
    const { file } = await this.plug(name);
    const element = this.page.locator("calock-seal");
    await element.getByRole("button", { name: SEAL.connect.zh }).click();
    await element.locator(".set").first().waitFor();
    await element.getByRole("button", { name: SEAL.sign.zh, exact: true }).click();
    const pin = element.locator("input[type=password]");
    await pin.fill(file.pin);
    await pin.press("Enter");
    await until(async () => (await this.button("提交信息").count()) > 0 || (await this.#letterRefused()), () => "the letter to be taken", 30);
    assert.equal(await this.#letterRefused(), false, await text(this.page));
  }

  async #letterRefused() {
    return (await this.page.locator("#said .notice.bad, calock-seal .problem:not([hidden])").count()) > 0;
  }

  /** 提交信息, which is approved by itself. */
  async submitWithLetter() {
    await this.button("提交信息").click();
    await this.says("自动审核通过");
  }

  /** The way of C20: 下一步, 信用承诺书, 签章, 提交信息. */
  async submitSealed(lock) {
    await this.nextToLetter();
    await this.sealLetter(lock);
    await this.submitWithLetter();
  }

  // Locks of the account.

  /** 获取锁信息, as far as the button that binds. */
  async readLock(name) {
    await this.visit("/locks");
    await this.button("获取锁信息").waitFor();
    await this.plug(name);
    await this.button("获取锁信息").click();
    await this.button("确认绑定").waitFor();
  }

  /** CA管理: adds this lock. */
  async bind(name) {
    await this.readLock(name);
    await this.button("确认绑定").click();
    await this.signs(name);
  }

  /** The same, refused with these words. */
  async cannotBind(name, ...sentences) {
    await this.readLock(name);
    await this.button("确认绑定").click();
    await this.isRefusedSigning(name, ...sentences);
  }

  /** The rows of the account's locks, each as the texts of its cells. */
  async locks() {
    await this.visit("/locks");
    await this.page.getByRole("heading", { name: "已绑定的CA锁" }).waitFor();
    const rows = await this.page.locator("section[aria-labelledby=bound-title] tbody tr").all();
    return Promise.all(rows.map((row) => row.locator("td").allInnerTexts()));
  }

  /** 删除: unbinds the lock of this number; signed by `signer` in a session by lock. */
  async unbind(number, { signer, reason = "换锁" } = {}) {
    await this.visit("/locks");
    if (signer) await this.plug(signer);
    await this.page.getByRole("row").filter({ hasText: number }).getByRole("button", { name: "删除" }).click();
    const dialog = this.page.locator("dialog.ask[open]");
    await dialog.getByRole("textbox", { name: /^原因/ }).fill(reason);
    await dialog.getByRole("button", { name: "删除" }).click();
    if (signer) await this.signs(signer);
  }

  /** 解绑申请 without a login, with its documents; returns its number. */
  async requestUnbinding({ name, code, reason, resetPassword = false, unbind = true }) {
    await this.visit("/requests");
    await this.page.getByRole("checkbox", { name: "解绑账号上的CA锁" }).setChecked(unbind);
    await this.page.getByRole("checkbox", { name: "重置注册密码" }).setChecked(resetPassword);
    await this.type(/^企业名称/, name);
    await this.type(/^统一社会信用代码/, code);
    await this.type(/^经办人/, "张三");
    await this.type(/^联系电话/, DATA.phone);
    await this.type(/^原因/, reason);
    await this.button(/^(下一步：上传材料|提交申请)$/).click();
    await this.says("请记下这个编号");
    const number = (await this.page.locator(".ticket .number").textContent()).trim();
    const { documents } = this.walk.rules.unbinding;
    if (documents.length === 0) return number;
    // Incomplete requests are not processed.
    await this.button("提交申请").click();
    await this.says("填写的内容不完整");
    for (const { zh } of documents) await this.upload(zh);
    await this.button("提交申请").click();
    await this.says("申请已提交，等待办理");
    return number;
  }

  // Records, applications, people.

  /** 新增: a record of this kind, signed with this lock. */
  async record(kind, fields, lock) {
    if (!this.page.url().endsWith("/records")) await this.visit("/records");
    await this.page.getByRole("button", { name: `新增 ${kind}` }).click();
    const dialog = this.page.locator("dialog.ask[open]");
    for (const [label, value] of Object.entries(fields)) await dialog.getByRole("textbox", { name: new RegExp(`^${label}`) }).fill(value);
    await dialog.getByRole("button", { name: "提交", exact: true }).click();
    await this.signs(lock);
    await this.says("已提交。");
  }

  /** 作废 or 取消作废 of the record with this in it. */
  async recordAct(content, act, lock) {
    await this.page.getByRole("row").filter({ hasText: content }).getByRole("button", { name: act, exact: true }).click();
    await this.page.locator("dialog.ask[open]").getByRole("button", { name: act, exact: true }).click();
    await this.signs(lock);
    await until(async () => (await this.page.getByRole("row").filter({ hasText: content }).getByRole("button", { name: act, exact: true }).count()) === 0, `${act} to be done`);
  }

  /** CA办理申请, on the page of records. */
  async apply(product) {
    await this.button("CA办理申请").click();
    const dialog = this.page.locator("dialog.ask[open]");
    await dialog.getByRole("combobox").selectOption({ label: product });
    await dialog.getByRole("button", { name: "确定" }).click();
    await this.says("申请已提交");
  }

  /** 新增从业人员, with a file, 提交信息. */
  async enterPerson(list, fields) {
    const section = this.page.locator("section").filter({ has: this.page.getByRole("heading", { name: list }) });
    await section.getByRole("button", { name: "新增从业人员" }).click();
    const dialog = this.page.locator("dialog[open]");
    for (const [label, value] of Object.entries(fields)) await dialog.getByRole("textbox", { name: new RegExp(`^${label}`) }).fill(value);
    await dialog.getByRole("button", { name: "下一步" }).click();
    await this.page.getByRole("heading", { name: "电子件管理" }).waitFor();
    await dialog.locator("input[type=file]").setInputFiles(scan("资格证书"));
    await dialog.getByText("资格证书.pdf").waitFor();
    await dialog.getByRole("button", { name: "关闭" }).click();
    await section.getByRole("row").filter({ hasText: Object.values(fields)[0] }).getByRole("button", { name: "提交信息" }).click();
    await this.page.locator("dialog[open]").getByRole("button", { name: "提交信息" }).click();
    await this.says("已提交，等待核验");
  }
}

/** What a unit says of itself, by the key of the field. Nobody's. */
const DATA = {
  legal: "李四", "legal-id": "11010519491231002X", contact: "张三", phone: "13800000000", mail: "office@example.com", address: "示例市示例路1号",
};

/** A scan as a browser would send it. */
function scan(title) {
  return { name: `${title.slice(0, 6)}.pdf`, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n") };
}
