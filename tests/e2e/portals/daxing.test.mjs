// Daxing 大兴, 综合交易系统常见问题: 主锁 and 副锁, and once a lock is bound, only locks log in.

import assert from "node:assert/strict";

import { walk } from "../support/portals/walk.mjs";

const it = walk("daxing");
const { test } = it;
const PASSWORD = "Daxing2026";

let unit;
let main;
const name = () => main.file.organisation;

test("B12 B13 B23: the page says which system it is and which certificates it takes", async () => {
  unit = await it.person("unit");
  main = await it.lock("main");
  await unit.visit("/");
  await unit.says("大兴区综合交易系统");
  await unit.page.getByText("支持的数字证书类型").click();
  await unit.says("北京一证通 · 登录");
  await it.look(unit, "login");
});

test("B07: a lock that is not recognised leads to the diagnosis", async () => {
  await unit.page.getByText("弹出的窗口里没有我的锁").click();
  await unit.page.getByRole("link", { name: "检查一下原因" }).click();
  await unit.page.waitForURL(/\/diagnose/);
});

test("B08: a person's lock is told from a unit's: 目前仅支持企业锁", async () => {
  await unit.isRefusedByLock("person", "PERSONAL_KEY", "目前仅支持企业锁");
});

test("B22: a lock that gives nothing is read anew by pressing again, without a refresh", async () => {
  await unit.isRefusedByLock("nameless", "KEY_EMPTY_ID", "主键为空", "请重新插拔CA锁");
  await unit.plug("main");
  await unit.login.pressAgain();
  await unit.login.asked();
});

test("B01: registered by certificate, completed, with the attachment", async () => {
  await unit.registerByLock("main", { roles: ["投标人"], password: PASSWORD });
  await unit.complete();
  await unit.save();
});

test("B02: 账号登录 while the data are not submitted, and no lock has to be pulled out", async () => {
  await unit.logOut();
  await unit.isRefusedByLock("main", "NOT_SUBMITTED", "尚未提交", "请用账号登录");
  await unit.logInByAccount(name(), PASSWORD, "/account");
  await unit.submit();
  await (await it.administrator()).review(true, "", name());
});

test("B20: both ways are always there; a lock that is plugged in suggests one", async () => {
  await unit.logOut();
  await unit.plug("main");
  await unit.says("检测到CA锁，建议使用CA登录");
  for (const tab of ["CA登录", "账号登录"]) assert.ok(await unit.page.getByRole("tab", { name: tab }).isVisible());
  await it.look(unit, "login-suggested");
});

test("B19: 此锁未绑定任何企业, and the way on from it", async () => {
  await unit.isRefusedByLock("main", "KEY_NOT_BOUND", "此锁未绑定任何企业", "证书未绑定，请绑定账号后登", "请切换使用账号登录");
  await unit.logInByAccount(name(), PASSWORD);
  await unit.bind("main");
  await unit.says("绑定成功");
});

test("B04: 已绑定CA锁的用户只能使用CA登录", async () => {
  await unit.logOut();
  await unit.isRefusedByAccount(name(), PASSWORD, "已绑定CA锁的用户只能使用CA登录");
  await it.look(unit, "ca-only");
});

test("B03: CA登录, with the lock's password", async () => {
  await unit.logInByLock("main");
  await unit.says("已登录");
  await it.look(unit, "home");
});

test("B05: only the days of the registration and of the binding are told", async () => {
  const stranger = await it.person("stranger");
  await stranger.showRegistration("secondary", { password: PASSWORD });
  await stranger.says("此代码已经注册");
  await stranger.says("注册日期");
  await stranger.says("绑锁日期");
  for (const secret of ["张三", "13800000000"]) await stranger.saysNot(secret);
  await it.look(stranger, "registered");
});

test("B10: 副锁, the locks are swapped and the session stays with the first", async () => {
  const { binding } = await unit.session();
  await unit.bind("secondary");
  const rows = await unit.locks();
  assert.deepEqual(rows.map(([, kind]) => /[主副]锁/.exec(kind)[0]), ["主锁", "副锁"]);
  assert.equal((await unit.session()).binding, binding);
  await it.look(unit, "locks");
  await unit.logOut();
  await unit.logInByLock("secondary");
  await unit.visit("/locks");
  await unit.says("副锁须在用主锁登录后新增");
});

test("B13: 一证通 logs in, and neither seals nor bids", async () => {
  await unit.logOut();
  await unit.logInByLock("main");
  await unit.bind("pass");
  await unit.logOut();
  await unit.logInByLock("pass");
  const { capabilities } = await unit.session();
  assert.deepEqual([capabilities.seal, capabilities.bid], [false, false]);
  await unit.says("当前的数字证书不支持");
});

test("B15: the user deletes a lock, signed by another one of the account", async () => {
  await unit.logOut();
  await unit.logInByLock("main");
  const pass = (await it.lock("pass")).file.number;
  await unit.unbind(pass, { signer: "main" });
  await unit.says("已解绑");
  assert.equal((await unit.locks()).length, 2);
  await unit.logOut();
  await unit.isRefusedByLock("pass", "KEY_NOT_BOUND", "此锁未绑定任何企业");
});

test("B09: a lock that was renewed or extended is recognised, and the administrator approves", async () => {
  await unit.showLock("renewed");
  await unit.page.waitForURL(/\/requests/);
  await unit.says("证书更新换锁");
  await unit.says("已提交给管理员审核");
  const admin = await it.administrator();
  await admin.open("申请", name(), "证书更新");
  await admin.decide(true, "同一单位更新证书");
  await unit.logInByLock("renewed");
});

test("B06 B16 B17: who has no lock any more asks without a login, and is told when it is done", async () => {
  await unit.logOut();
  await unit.visit("/requests");
  await unit.says("每个工作日 11:00–11:30 集中处理");
  await it.look(unit, "requests");
  const number = await unit.requestUnbinding({ name: name(), code: main.file.code, reason: "主锁和副锁遗失", resetPassword: true });
  const admin = await it.administrator();
  await admin.open("申请", number);
  await admin.decide(true, "材料齐全");
  const password = await admin.toldPassword();
  await unit.logInByAccount(name(), password);
  assert.equal((await unit.locks()).length, 0);
});

test("B11: another 主锁 only after the administrator unbound the first", async () => {
  await unit.bind("secondary");
  assert.match((await unit.locks())[0].join(" "), /主锁/);
});

test("B21: five wrong passwords lock the account, 账号被锁定, and the administrator unlocks it", async () => {
  const guesser = await it.person("guesser");
  for (let left = 4; left > 0; left -= 1) await guesser.isRefusedByAccount(name(), "Wrong12345", `还可以尝试 ${left} 次`);
  for (let more = 0; more < 2; more += 1) await guesser.isRefusedByAccount(name(), "Wrong12345", "账号被锁定");
  await it.look(guesser, "locked");
  const admin = await it.administrator();
  await admin.account(name());
  await admin.support("解除锁定", "已电话核实");
  await guesser.isRefusedByAccount(name(), "Wrong12345", "还可以尝试 4 次");
});
