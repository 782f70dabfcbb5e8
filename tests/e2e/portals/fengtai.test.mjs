// Fengtai 丰台, 注册、绑锁流程详解: one lock a unit, bound by hand after the review, unbound by an administrator alone.

import assert from "node:assert/strict";

import { walk } from "../support/portals/walk.mjs";

const it = walk("fengtai");
const { test } = it;
const PASSWORD = "Fengtai2026";

let unit;
let main;

test("A03 A04: three kinds of locks are taken, and two of them bid electronically", async () => {
  unit = await it.person("unit");
  main = await it.lock("main");
  await unit.visit("/");
  await unit.page.getByText("支持的数字证书类型").click();
  await unit.says("北京一证通 · 登录");
  await unit.says("建设工程办理的北京CA · 登录、签章、电子标");
  await unit.says("颐信CA · 登录、签章、电子标");
  await it.look(unit, "login");
  await unit.isRefusedByLock("foreign", "PRODUCT_NOT_ACCEPTED", "本平台不支持这种数字证书");
});

test("A14: a lock of a unit that never registered leads to the registration", async () => {
  await unit.isRefusedByLock("main", "KEY_NOT_BOUND", "此锁未绑定任何企业");
  await it.look(unit, "not-bound");
  await unit.page.getByRole("link", { name: "新用户注册" }).first().click();
  await unit.says("使用CA数字证书进行注册，单位名称信息由CA数字证书读取生成");
  await unit.says("已注册过的企业请勿重复注册");
});

test("A01 A15 A16: the unit's name is read from the certificate and cannot be typed", async () => {
  await unit.showRegistration("main", { roles: ["供应商（投标人）"], password: PASSWORD });
  const name = unit.page.getByRole("textbox", { name: "单位名称" });
  assert.equal(await name.inputValue(), main.file.organisation);
  assert.equal(await name.isEditable(), false);
  assert.equal(await unit.page.getByRole("textbox", { name: "统一社会信用代码" }).isEditable(), false);
  await it.look(unit, "register");
  await unit.button("马上注册").click();
  await unit.signs("main");
  await unit.page.waitForURL(/\/account/);
  await unit.says("未提交");
});

test("A19: what is missing is named, and nothing is submitted without it", async () => {
  await unit.visit("/account");
  await unit.button("提交").click();
  await unit.says("请填写联系人。");
  await it.look(unit, "account-draft");
  await unit.complete();
  await it.look(unit, "account-complete");
  await unit.submit("main");
  await unit.says("待审核");
  assert.equal(await unit.page.locator("#field-contact").isEditable(), false, "locked after it was submitted");
});

test("A20: 审核需一个工作日, and until then the lock does not log in", async () => {
  await unit.visit("/home");
  await unit.says("审核需一个工作日");
  await it.look(unit, "home-waiting");
  await unit.logOut();
  await unit.isRefusedByLock("main", "NOT_REVIEWED", "未审核");
});

test("A18: 已注册过的企业请勿重复注册", async () => {
  const another = await it.person("another");
  await another.showRegistration("secondary", { password: PASSWORD });
  await another.says("此代码已经注册，请直接登录");
  await another.button("马上注册").click();
  await another.isRefusedSigning("secondary", "此代码已经注册，请直接登录");
});

test("A20: the administrator sends it back with a reason, then approves it", async () => {
  const admin = await it.administrator();
  await it.look(admin, "admin-reviews");
  await admin.open("审核", main.file.organisation);
  await it.look(admin, "admin-review");
  await admin.decide(false, "营业执照不清晰");
  await unit.logInByAccount(main.file.organisation, PASSWORD, "/account");
  await unit.says("审核意见：营业执照不清晰");
  await unit.submit();
  await admin.review(true, "", main.file.organisation);
});

test("A21: CA管理, the lock is bound by its own signature", async () => {
  await unit.visit("/locks");
  await it.look(unit, "locks-empty");
  await unit.readLock("main");
  await it.look(unit, "locks-read");
  await unit.button("确认绑定").click();
  await unit.signs("main");
  await unit.says("绑定成功");
  const [[, , subject, until]] = await unit.locks();
  assert.match(subject, new RegExp(main.file.organisation.slice(0, 4)));
  assert.match(until, /\d{1,2}:\d{2}:\d{2}/);
  await it.look(unit, "locks");
  await unit.logOut();
  await unit.logInByLock("main");
  await unit.says("已登录");
  await it.look(unit, "home");
});

test("A04: this lock bids electronically and seals", async () => {
  const { capabilities } = await unit.session();
  assert.deepEqual([capabilities.seal, capabilities.bid], [true, true]);
  await unit.says("电子标业务");
});

test("A22 A17: the technician unbinds, the password logs in, and only the unit's own lock is bound", async () => {
  await unit.visit("/locks");
  await unit.says("本平台的CA锁由管理员解绑");
  await unit.logOut();
  const number = await unit.requestUnbinding({ name: main.file.organisation, code: main.file.code, reason: "更换CA锁", resetPassword: true });
  await it.look(unit, "request");
  const admin = await it.administrator();
  await admin.open("申请", number);
  await it.look(admin, "admin-request");
  await admin.decide(true, "材料齐全，已核对");
  const password = await admin.toldPassword();
  await it.look(admin, "admin-password");

  await unit.isRefusedByLock("main", "KEY_NOT_BOUND", "此锁未绑定任何企业");
  await unit.isRefusedByAccount(main.file.organisation, PASSWORD, "账号或密码不正确");
  await unit.logInByAccount(main.file.organisation, password);
  await unit.cannotBind("other", "与账号不一致");
  await unit.cannotBind("renamed", "系统里单位名称与CA证书名称不一致", main.file.organisation, (await it.lock("renamed")).file.organisation);
  await unit.cannotBind("person", "目前仅支持企业锁");
  await unit.bind("main");
  await unit.says("绑定成功");
});

test("A22: a renewed lock asks by itself, and the administrator exchanges it", async () => {
  await unit.logOut();
  await unit.showLock("renewed");
  await unit.page.waitForURL(/\/requests/);
  await unit.says("证书更新换锁");
  await it.look(unit, "renewal");
  const admin = await it.administrator();
  await admin.open("申请", main.file.organisation, "证书更新");
  await admin.decide(true, "同一单位，新证书");
  await unit.logInByLock("renewed");
  const rows = await unit.locks();
  assert.equal(rows.length, 1, "one lock a unit");
  assert.match(rows[0].join(" "), /变更/);
  await unit.logOut();
  await unit.isRefusedByLock("main", "KEY_NOT_BOUND", "此锁未绑定任何企业");
});

test("A01: support finds the account, and the audit keeps who did what", async () => {
  const admin = await it.administrator();
  await admin.account(main.file.organisation);
  await it.look(admin, "admin-account");
  await admin.support("取消：", "已不再从事该类业务");
  assert.equal(await admin.page.getByRole("button", { name: /^取消：/ }).count(), 0, "only the centre takes a role away");
  await admin.section("审计");
  await it.look(admin, "admin-audit");
  const kept = await admin.evidence();
  assert.match(kept.statement, /^CALOCK1\npurpose=/);
});
