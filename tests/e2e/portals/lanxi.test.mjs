// Lanxi 兰溪, 新领CA操作说明: registered by password, activated, approved; every lock is reviewed.

import assert from "node:assert/strict";

import { walk } from "../support/portals/walk.mjs";

const it = walk("lanxi");
const { test } = it;
const LOGIN = "lanxi2026";
const PASSWORD = "Lanxi2026";

let unit;
let main;
const name = () => main.file.organisation;

test("D02: 用户名, 密码 and 使用CA锁登录 on one page, without a picture to type off", async () => {
  unit = await it.person("unit");
  main = await it.lock("main");
  await unit.visit("/");
  for (const tab of ["CA登录", "账号登录"]) await unit.page.getByRole("tab", { name: tab }).waitFor();
  await unit.page.getByRole("tab", { name: "账号登录" }).click();
  await unit.says("注册时填写的登录用户名");
  await unit.saysNot("验证码");
  await it.look(unit, "login");
});

test("D01 D03: 检测主体名称, 检测登录名, a password of 6 to 15 letters and digits", async () => {
  await unit.visit("/register");
  await unit.type(/^主体名称/, name());
  await unit.type(/^登录用户名/, "lan");
  await unit.type(/^密码/, "short");
  await unit.says("该主体名称可用");
  await unit.says("登录用户名应为 6–15 个字母、数字或符号");
  await unit.type(/^登录用户名/, LOGIN);
  await unit.says("密码应为 6–15 个字符");
  await unit.type(/^密码/, PASSWORD);
  await unit.says("该登录用户名可用");
  await it.look(unit, "register");
  const fields = { 主体名称: name(), 统一社会信用代码: main.file.code, 联系人: "张三", 手机号: "13800000000", 登录用户名: LOGIN };
  await unit.registerByPassword({ roles: ["投标人"], password: PASSWORD, fields });
  await unit.says("注册成功");
  await unit.says("激活账号");
});

test("D04: 账号激活成功后 log in by account", async () => {
  const early = await it.person("early");
  await early.isRefusedByAccount(LOGIN, PASSWORD, "账号尚未激活");
  const code = /激活码是 (\d+)/.exec(await unit.says("演示平台不发短信"))[1];
  await it.look(unit, "activate");
  await unit.type(/^激活码/, code);
  await unit.button("激活").click();
  await unit.says("账号激活成功");
  await unit.logInByAccount(LOGIN, PASSWORD, "/account");
});

test("D05 D19: the data with attachments; digits that cannot be right are pointed out", async () => {
  await unit.type(/^法定代表人证件号码/, "110105194912310021");
  await unit.type(/^地址/, "示例路1号");
  await unit.says("身份证号校验位或日期不符");
  await unit.complete();
  await it.look(unit, "account");
  await unit.submit();
  await unit.says("未审核");
});

test("D06: approved by the administrator", async () => {
  await (await it.administrator()).review(true, "", name());
  await unit.visit("/home");
  await unit.says("审核通过");
});

test("D16: 获取锁信息 fills 锁号 and 序列号", async () => {
  await unit.readLock("main");
  assert.equal(await unit.page.getByRole("textbox", { name: "锁号" }).inputValue(), main.file.number);
  assert.notEqual(await unit.page.getByRole("textbox", { name: "序列号" }).inputValue(), "");
  await it.look(unit, "lock-read");
  await unit.button("确认绑定").click();
  await unit.signs("main");
});

test("D17: 序号 锁号 主题 到期时间 使用状态 变更状态 审核状态 操作", async () => {
  const [[number, lock, subject, until, use, change, review, acts]] = await unit.locks();
  assert.equal(number.trim(), "1");
  assert.match(lock, new RegExp(main.file.number));
  assert.match(subject, new RegExp(name()));
  assert.match(until, /\d{1,2}:\d{2}:\d{2}$/);
  assert.deepEqual([use, change, review].map((text) => text.trim()), ["正常", "新增", "未审核"]);
  for (const act of ["删除", "查看"]) assert.match(acts, new RegExp(act));
  await it.look(unit, "locks");
});

test("D18: 审核通过后方可使用CA", async () => {
  await unit.logOut();
  await unit.isRefusedByLock("main", "NOT_REVIEWED", "审核通过后方可使用CA");
  await (await it.administrator()).review(true, "", name());
  await unit.logInByLock("main");
  await unit.says("已登录");
});

test("D09: 机构证书（主锁）, 交易员证书（副锁）, 个人证书", async () => {
  await unit.bind("secondary");
  await (await it.administrator()).review(true, "", name());
  const rows = await unit.locks();
  assert.deepEqual(rows.map(([, kind]) => /[主副]锁/.exec(kind)[0]), ["主锁", "副锁"]);
  await unit.page.getByRole("row").filter({ hasText: "副锁" }).getByRole("button", { name: "查看" }).click();
  await unit.says("交易员证书（副锁）");
  await it.look(unit, "certificate");
  await unit.page.locator("dialog[open]").getByRole("button", { name: "关闭" }).click();
  await unit.logOut();
  await unit.isRefusedByLock("person", "PERSONAL_KEY", "目前仅支持企业锁");
});

test("D16 D18: a renewed lock is reviewed like a new one", async () => {
  await unit.showLock("renewed");
  await unit.page.waitForURL(/\/requests/);
  const admin = await it.administrator();
  await admin.open("申请", name(), "证书更新");
  await admin.decide(true, "同一单位");
  await unit.logInByLock("renewed");
});

test("D17: 删除, the user unbinds the secondary lock with the main one", async () => {
  const secondary = (await it.lock("secondary")).file.number;
  await unit.unbind(secondary, { signer: "renewed" });
  await unit.says("已解绑");
  assert.equal((await unit.locks()).length, 1);
  await unit.logOut();
  await unit.isRefusedByLock("secondary", "KEY_NOT_BOUND", "此锁未绑定任何企业");
});
