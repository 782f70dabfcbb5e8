// Changde 常德, 电子交易系统: the register is the province's, data arrive after half an hour, and the first login binds.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { says } from "../support/accessible.mjs";
import { CALOCK } from "../support/portal.mjs";
import { walk } from "../support/portals/walk.mjs";

const it = walk("changde");
const { test } = it;
const PASSWORD = "Changde2026";
/** The half hour, and a little. */
const HALF_AN_HOUR = 31;

let unit;
let main;
const name = () => main.file.organisation;

test("C01 C10: registered in the province, by name and 统一社会信用代码, whose digits are checked", async () => {
  unit = await it.person("unit");
  main = await it.lock("main");
  await unit.visit("/register");
  await unit.says("本平台的数据来自省级统一注册平台；审核通过后约 30 分钟同步到本平台");
  await unit.page.getByRole("radio", { name: /^使用密码注册/ }).check();
  await unit.type(/^统一社会信用代码/, main.file.code.replace(/.$/, "0"));
  await unit.type(/^单位名称/, name());
  await unit.says("校验位不符");
  await it.look(unit, "register");
  await unit.registerByPassword({ roles: ["投标人", "招标代理"], password: PASSWORD, fields: { 单位名称: name(), 统一社会信用代码: main.file.code } });
  await unit.page.waitForURL(/\/account/);
});

test("C11 C24: 无效 until it is submitted, though the code counts as registered", async () => {
  await unit.says("无效");
  const colleague = await it.person("colleague");
  await colleague.registerByPassword({ password: PASSWORD, fields: { 单位名称: "示例建设分公司", 统一社会信用代码: main.file.code } });
  await colleague.says("此代码已经注册，请直接登录");
  await colleague.isRefusedByLock("main", "NOT_SUBMITTED", "基本信息尚未提交，账号状态为无效");
});

test("C12: while a CA application is open (待审核) there is only 保存, until it is withdrawn (撤销)", async () => {
  await unit.complete();
  await unit.save();
  await unit.visit("/records");
  await unit.apply("湖南CA");
  await unit.says("待审核");
  await it.look(unit, "application");
  await unit.visit("/account");
  await unit.page.getByRole("button", { name: "保存", exact: true }).waitFor();
  assert.equal(await unit.page.getByRole("button", { name: "提交", exact: true }).count(), 0, "only 保存, no 提交");
  await it.look(unit, "only-save");
  await unit.visit("/records");
  await unit.button("撤销").click();
  await unit.page.locator("dialog[open]").getByRole("button", { name: "撤销" }).click();
  await unit.says("已撤销");
});

test("C02 C13: submitted and approved, the data arrive 半小时内, and not before", async () => {
  await unit.complete();
  await unit.submit();
  await (await it.administrator()).review(true, "", name());
  await unit.visit("/account");
  await unit.says("待同步（半小时内）");
  await it.look(unit, "travelling");
  await unit.logOut();
  await unit.isRefusedByLock("main", "NOT_YET_SYNCED", "半小时内");
  await it.later(HALF_AN_HOUR);
});

test("C14: 登录时CA证书自动关联绑定，无需手动绑定", async () => {
  await unit.logInByLock("main");
  await unit.says("承诺书尚未签章，没有业务操作权限");
  const rows = await unit.locks();
  assert.equal(rows.length, 1);
  await unit.says("登录时CA证书自动关联绑定，无需手动绑定");
  await it.look(unit, "locks");
});

test("C03 C08 C20: 修改信息, 下一步, 信用承诺书, 签章, 提交信息, and business is open", async () => {
  await unit.visit("/home");
  await unit.says("信用承诺书签章并提交信息后可以办理");
  await it.look(unit, "home-without-letter");
  const { business, refused } = (await unit.session()).capabilities;
  assert.deepEqual([business, refused.business], [false, "LETTER_MISSING"]);
  await unit.visit("/account");
  await unit.says("尚未签章，没有业务操作权限");
  await it.look(unit, "account-without-letter");
  await unit.changeData();
  await unit.nextToLetter();
  await unit.page.locator("calock-seal canvas").first().waitFor();
  await it.look(unit, "letter");
  await unit.sealLetter("main");
  await unit.says("签章并通过验证，请提交信息");
  await it.look(unit, "letter-sealed");
  assert.equal((await unit.session()).capabilities.business, false, "sealed is not submitted");
  await unit.submitWithLetter();
  await unit.says("已获得业务操作权限");
  await it.look(unit, "letter-submitted");
  assert.equal((await unit.session()).capabilities.business, true);
  const [bytes, made] = await letter();
  assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
  const { status, stdout } = verify(bytes);
  assert.equal(status, 0, stdout);
  const { signatures } = JSON.parse(stdout);
  assert.equal(signatures.length, 1);
  const [{ seal, stamps }] = signatures;
  assert.equal(seal.name, name());
  const { page, boundary } = stamps[0];
  const [place] = made.places;
  assert.equal(page, place.page);
  // Its middle is the word's, to what a seal snaps to.
  const [x, y, width, height] = boundary.split(" ").map(Number);
  assert.ok(Math.abs(x + width / 2 - place.x - place.width / 2) < 1, boundary);
  assert.ok(Math.abs(y + height / 2 - place.y - place.height / 2) < 1, boundary);
});

test("C20: what is changed is sealed anew, and approved by itself; the centre sees the letter", async () => {
  await unit.visit("/account");
  await unit.says("有业务操作权限");
  await unit.changeData();
  await unit.type(/^地址/, "示例市新路2号");
  await unit.submitSealed("main");
  const session = await unit.session();
  assert.equal(session.capabilities.business, true);
  await unit.visit("/account");
  await unit.says("有效");
  assert.equal(await unit.page.locator("#field-address").inputValue(), "示例市新路2号");
  const admin = await it.administrator();
  await admin.account(name());
  await says(admin.page, "验证通过");
  await it.look(admin, "admin-letter");
});

/** The letter that holds: the sealed file, and what the portal tells of it. */
async function letter() {
  const { holds } = await unit.page.evaluate(async () => (await (await fetch("/api/account")).json()).letter);
  const text = await unit.page.evaluate(async (path) => {
    const bytes = new Uint8Array(await (await fetch(path)).arrayBuffer());
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }, holds.file);
  return [Buffer.from(text, "latin1"), holds];
}

/** What the command says of a sealed file. */
function verify(bytes) {
  const folder = mkdtempSync(join(tmpdir(), "calock-letter-"));
  try {
    const file = join(folder, "letter.pdf");
    writeFileSync(file, bytes);
    return spawnSync(CALOCK, ["seal", "verify", "--json", file], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("C23: roles are added by the user and removed by the centre alone", async () => {
  await unit.visit("/account");
  await unit.changeData();
  const bidder = unit.page.getByLabel("投标人", { exact: true });
  await bidder.waitFor();
  assert.equal(await bidder.isEnabled(), false, "what one has stays");
  await unit.page.getByLabel("招标人", { exact: true }).check();
  await unit.submitSealed("main");
});

test("C15: 同一家单位可绑定多把CA证书", async () => {
  await it.later(HALF_AN_HOUR);
  await unit.logInByLock("main");
  await unit.bind("secondary");
  assert.equal((await unit.locks()).length, 2);
});

test("C16 C17: 从业人员 are entered with their files, and verified", async () => {
  await unit.isRefusedByLock("person", "KEY_NOT_BOUND", "此锁未绑定任何企业");
  await unit.logInByLock("main");
  await unit.visit("/staff");
  await unit.says("个人CA锁只用于签章的，不需要绑定");
  await unit.enterPerson("工程建设从业人员", { 姓名: "张三", 证件号码: "11010519491231002X", 手机号: "13800000000" });
  await it.look(unit, "staff");
  const admin = await it.administrator();
  await admin.open("审核", name(), "从业人员");
  await it.look(admin, "admin-staff");
  await admin.decide(true, "");
});

test("C18: CA证书激活, the unit's lock is pulled out and the person's signs", async () => {
  const { binding } = await unit.session();
  await unit.visit("/staff");
  await unit.button("CA证书激活").click();
  const dialog = unit.page.locator("dialog.ask[open]");
  await dialog.getByRole("textbox", { name: /^联系方式/ }).fill("13800000000");
  await dialog.getByRole("button", { name: "读取证书" }).click();
  await unit.signs("person");
  await unit.says("激活成功");
  assert.equal((await unit.session()).binding, binding, "the session stays the unit's");
  await it.look(unit, "staff-active");
  await unit.logOut();
  await unit.logInByLock("person");
});

test("C19: 更新 changes the serial; the new lock asks by itself and is exchanged", async () => {
  await unit.logOut();
  await unit.showLock("renewed");
  await unit.page.waitForURL(/\/requests/);
  await unit.says("补办、更新或延期");
  const admin = await it.administrator();
  await admin.open("申请", name(), "证书更新");
  await admin.decide(true, "解绑申请书已收到");
  await unit.logInByLock("renewed");
});

test("C21: the name is changed in the system first, then in the certificate; both names are shown", async () => {
  const renamed = (await it.lock("renamed")).file.organisation;
  await unit.logOut();
  await unit.isRefusedByLock("renamed", "NAME_MISMATCH", "系统里单位名称与CA证书名称不一致", name(), renamed);
  await it.look(unit, "name-mismatch");
  await unit.logInByLock("renewed");
  await unit.visit("/account");
  await unit.changeData();
  await unit.type(/^单位名称/, renamed);
  await unit.submitSealed("renewed");
  await it.later(HALF_AN_HOUR);
  await unit.showLock("renamed");
  await unit.page.waitForURL(/\/(requests|home)/);
});
