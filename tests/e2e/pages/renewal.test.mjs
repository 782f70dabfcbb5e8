// A certificate with a new serial number where the portal wants a word of the account's own: by password, and both locks kept.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { fill, press } from "../support/accessible.mjs";
import { ROOT } from "../support/portal.mjs";
import { walk } from "../support/portals/walk.mjs";

const folder = await mkdtemp(join(tmpdir(), "calock-profile-"));
after(() => rm(folder, { recursive: true, force: true }));
const profile = join(folder, "confirm.toml");
const hunan = readFileSync(join(ROOT, "portal/profiles/hunan.toml"), "utf8");
const confirming = hunan.replace('[renewal]\nhow = "replace"', '[renewal]\nhow = "confirm"');
assert.notEqual(confirming, hunan);
writeFileSync(profile, confirming);

const it = walk(profile, "confirm");
const { test } = it;
const PASSWORD = "Confirm2026";

test("the password confirms it, and the old lock stays when both are in use", async () => {
  const unit = await it.person("unit");
  await unit.registerByLock("main", { password: PASSWORD });
  await unit.complete();
  await unit.submit("main");
  await (await it.administrator()).review(true, "", (await it.lock("main")).file.organisation);
  await unit.bind("main");
  await unit.logOut();
  await unit.showLock("renewed");
  await unit.page.waitForURL(/\/requests/);
  await press(unit.page, "checkbox", "原来的锁还在用，两把都保留");
  await it.look(unit, "renewal");
  await fill(unit.page, "textbox", /^账号密码/, PASSWORD);
  await press(unit.page, "button", "确认换锁");
  await unit.page.waitForURL(/\/home/);
  assert.equal((await unit.locks()).length, 2);
  await unit.logOut();
  await unit.logInByLock("main");
});
