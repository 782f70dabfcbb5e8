// Hunan 湖南, 公共资源交易统一注册系统: natural persons too, and what counts is submitted with a lock.

import assert from "node:assert/strict";

import { walk } from "../support/portals/walk.mjs";

const it = walk("hunan");
const { test } = it;
const PASSWORD = "Hunan2026";

let unit;
let main;
const name = () => main.file.organisation;

test("E01 E06: the entry is the login page, by account or by a lock of 湖南CA", async () => {
  unit = await it.person("unit");
  main = await it.lock("main");
  await unit.visit("/");
  await unit.says("湖南省公共资源交易统一注册系统");
  for (const tab of ["CA登录", "账号登录"]) await unit.page.getByRole("tab", { name: tab }).waitFor();
  await unit.page.getByText("支持的数字证书类型").click();
  await unit.says("湖南CA");
  await it.look(unit, "login");
  await unit.isRefusedByLock("foreign", "PRODUCT_NOT_ACCEPTED", "本平台不支持这种数字证书");
});

test("E08: a lock that is inserted is noticed, and takes nothing away", async () => {
  await unit.visit("/");
  await unit.plug("other");
  await unit.says("检测到CA锁，建议使用CA登录");
  assert.ok(await unit.page.getByRole("tab", { name: "账号登录" }).isVisible());
});

test("E03: 单位 or 自然人, code or id number, both with their digits", async () => {
  await unit.visit("/register");
  await unit.page.getByRole("radio", { name: /^使用密码注册/ }).check();
  await unit.page.getByRole("radio", { name: "自然人" }).check();
  await unit.type(/^统一社会信用代码/, "110105194912310021");
  await unit.type(/^单位全称/, "李四");
  await unit.says("身份证号校验位或日期不符");
  await it.look(unit, "register-person");
  await unit.page.getByRole("radio", { name: "单位", exact: true }).check();
  await unit.type(/^统一社会信用代码/, main.file.code.replace(/.$/, "0"));
  await unit.type(/^单位全称/, name());
  await unit.says("校验位不符");
});

test("E02 E05: registered by password; the account's name is the 单位全称", async () => {
  const fields = { 单位全称: name(), 统一社会信用代码: main.file.code };
  await unit.registerByPassword({ roles: ["投标人"], kind: /^单位$/, password: PASSWORD, fields });
  await unit.page.waitForURL(/\/account/);
  await unit.logOut();
  await unit.logInByAccount(name(), PASSWORD, "/account");
});

test("E04: who is registered is sent to the login", async () => {
  const again = await it.person("again");
  await again.registerByPassword({ kind: /^单位$/, password: PASSWORD, fields: { 单位全称: "示例建设分公司", 统一社会信用代码: main.file.code } });
  await again.says("此代码已经注册，请直接登录");
  await it.look(again, "registered");
  await again.page.getByRole("link", { name: "直接登录" }).click();
  await again.page.getByRole("tab", { name: "账号登录" }).waitFor();
});

test("E10: required fields have their star, and nothing goes without them", async () => {
  await unit.says("带 * 的为必填项");
  assert.equal(await unit.page.locator("#field-legal").getAttribute("aria-required"), "true");
  await unit.page.getByRole("button", { name: "提交", exact: true }).click();
  await unit.says("请填写法定代表人。");
  await it.look(unit, "account-missing");
});

test("E11: 用账号登录的用户提交信息，仅限制开展纸质标业务", async () => {
  await unit.complete();
  await unit.page.getByRole("button", { name: "提交", exact: true }).click();
  await unit.says("仅限制开展纸质标业务");
  await unit.page.locator("dialog[open]").getByRole("button", { name: "提交", exact: true }).click();
  await unit.says("用账号登录的用户提交信息，仅限制开展纸质标业务");
  await (await it.administrator()).review(true, "", name());
});

test("E13: read-only after it was submitted; 变更 opens it", async () => {
  await unit.visit("/account");
  assert.equal(await unit.page.locator("#field-address").isEditable(), false);
  await unit.page.getByRole("button", { name: "变更", exact: true }).waitFor();
  await it.look(unit, "account-locked");
});

test("E14 E15 E16 E17: 用CA锁登录才可以提交信息", async () => {
  await unit.visit("/records");
  await unit.says("用CA锁登录才可以提交信息");
  for (const kind of ["单位资质", "单位业绩", "执业人员", "获奖信息"]) {
    await unit.page.getByRole("heading", { name: kind }).waitFor();
    assert.equal(await unit.page.getByRole("button", { name: `新增 ${kind}` }).count(), 0, kind);
  }
  await it.look(unit, "records-by-password");
});

test("E06 E09: bound, then 用户认证 with the CA锁口令 to the first page", async () => {
  await unit.bind("main");
  await unit.logOut();
  await unit.logInByLock("main");
  await unit.says("已登录");
  assert.equal((await unit.session()).strength, "ca");
  assert.equal((await unit.session()).capabilities.electronic, false, "the data were submitted by password");
  await it.look(unit, "home");
});

test("E11 E13: changed and submitted with the lock, it opens electronic business", async () => {
  await unit.visit("/account");
  await unit.page.getByRole("button", { name: "变更", exact: true }).click();
  await unit.type(/^地址/, "示例市新路2号");
  await unit.submit("main");
  await (await it.administrator()).review(true, "", name());
  assert.equal((await unit.session()).capabilities.electronic, true);
});

test("E18: 变更历史总览 keeps the contents of each change", async () => {
  await unit.visit("/account");
  await unit.page.getByRole("heading", { name: "变更历史总览" }).waitFor();
  const rows = unit.page.locator("section[aria-labelledby=history-title] tbody tr");
  await rows.nth(1).waitFor();
  assert.match(await rows.first().innerText(), /地址/);
  await rows.last().getByRole("button", { name: "查看" }).click();
  await unit.says("示例市示例路1号");
  await it.look(unit, "history");
  await unit.page.locator("dialog[open]").getByRole("button", { name: "关闭" }).click();
});

test("E14: 单位资质, 新增, 变更, 作废, 取消作废, each signed by the lock", async () => {
  await unit.visit("/records");
  await unit.plug("main");
  await unit.record("单位资质", { 资质属性: "总承包", 资质类型: "建筑工程施工总承包" }, "main");
  await unit.says("建筑工程施工总承包");
  await unit.recordAct("总承包", "作废", "main");
  await unit.says("已作废");
  await unit.recordAct("总承包", "取消作废", "main");
  await it.look(unit, "records");
});

test("E15: 单位业绩", () => unit.record("单位业绩", { 项目名称: "示例大桥", 建设单位: "示例市建设局" }, "main"));

test("E16: 执业人员", () => unit.record("执业人员", { 姓名: "张三", 职务: "项目经理" }, "main"));

test("E17: 获奖信息", () => unit.record("获奖信息", { 奖项名称: "示例奖", 颁奖单位: "示例协会" }, "main"));

test("E12: CA办理申请, with what became of it", async () => {
  await unit.visit("/records");
  await unit.apply("湖南CA");
  const admin = await it.administrator();
  await admin.open("申请", "CA办理申请");
  await it.look(admin, "admin-application");
  await admin.decide(true, "已转湖南CA");
  await unit.visit("/records");
  await unit.says("已转湖南CA");
});

test("E19: 数字证书, all that are bound, and each to be looked at", async () => {
  await unit.bind("secondary");
  const rows = await unit.locks();
  assert.equal(rows.length, 2);
  await unit.page.getByRole("row").filter({ hasText: main.file.number }).getByRole("button", { name: "查看" }).click();
  await unit.says("湖南CA 演示CA");
  await it.look(unit, "certificate");
  await unit.page.locator("dialog[open]").getByRole("button", { name: "关闭" }).click();
});

test("E02 E03 E05: a natural person registers with a lock and logs in by id number", async () => {
  const person = await it.person("person");
  const lock = await it.lock("natural");
  await person.registerByLock("natural", { kind: "自然人", password: PASSWORD });
  await it.look(person, "person");
  await person.logOut();
  await person.logInByAccount(lock.file.code, PASSWORD, "/account");
});

test("E06: a renewed lock takes the old one's place at once", async () => {
  await unit.logOut();
  await unit.logInByLock("renewed");
  await unit.says("序列号发生了变化");
  await unit.logOut();
  await unit.isRefusedByLock("main", "KEY_NOT_BOUND", "此锁未绑定任何企业");
});

test("E19: the user unbinds, and the password is the way back", async () => {
  await unit.logInByLock("renewed");
  for (const lock of ["secondary", "renewed"]) await unit.unbind((await it.lock(lock)).file.number, { signer: "renewed" });
  await unit.page.getByRole("tab", { name: "账号登录" }).waitFor();
  await unit.logInByAccount(name(), PASSWORD);
  assert.equal((await unit.locks()).length, 0);
});
