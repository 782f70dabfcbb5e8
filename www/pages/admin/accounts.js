/** 账户: what a support person needs to see of an account, and may do to it. */
import { get, post, rules } from "/site/api.js";
import { badge, button, facts, h } from "/site/dom.js";
import { live, say, t, w, when, wordOf } from "/site/words.js";
import { askReason, at, bindings, both, card, fields, letter as sealedLetter, link, newPassword, rows, state } from "/admin/parts.js";

const KINDS = { unit: "adminKindUnit", person: "adminKindPerson" };
const BY = { user: "adminUser", administrator: "adminAdministrator", portal: "adminPortal" };

export async function list({ query, go }) {
  const asked = new URLSearchParams({ q: query.get("q") ?? "", state: query.get("state") ?? "", page: query.get("page") ?? "1" });
  const [{ accounts, page, more }, portal] = await Promise.all([get(`/api/admin/accounts?${asked}`), rules()]);
  const field = h("input", { id: "q", type: "search", value: asked.get("q"), autocomplete: "off", "aria-describedby": "q-hint" });
  const states = h("select", { id: "state" }, h("option", { value: "" }, t("adminAnyState")),
    Object.entries(portal.states).map(([name, words]) => h("option", { value: name, selected: name === asked.get("state") }, say(words))));
  const search = (event) => {
    event.preventDefault();
    go("accounts", { q: field.value.trim(), state: states.value });
  };
  const turn = (to, title) => h("a.button.quiet", { href: `#accounts?${new URLSearchParams({ q: asked.get("q"), state: asked.get("state"), page: to })}` }, t(title));
  return [
    h("section.card", null,
      h("form.search", { role: "search", onsubmit: search },
        h("div.field", null, h("label", { for: "q" }, t("adminSearch")), field, h("p.hint", { id: "q-hint" }, t("adminSearchHint"))),
        h("div.field", null, h("label", { for: "state" }, t("adminState")), states),
        h("div.actions", null, h("button.primary", null, t("adminFind")))),
      rows("adminAccounts", [
        ["adminWhose", (row) => link(`accounts/${row.account}`, row.name)],
        ["adminCode", (row) => h("code", null, row.code)],
        ["adminState", (row) => [state(row.state, row.stateWords), row.locked ? badge("bad", t("adminLocked")) : ""]],
        ["adminLocks", (row) => row.bindings],
        ["adminRegistered", (row) => when(row.registeredAt)],
        ["adminLastLogin", (row) => (row.lastLogin ? at(row.lastLogin) : "—")],
      ], accounts),
      page > 1 || more ? h("p.pages", null, page > 1 ? turn(page - 1, "adminPrevious") : "", h("span", null, t("adminPage", { n: page })), more ? turn(page + 1, "adminNext") : "") : ""),
  ];
}

export async function entry(id, { again }) {
  const path = `/api/admin/accounts/${encodeURIComponent(id)}`;
  const [{ account, letter, bindings: alive, ended, staff, requests, logins, events }, portal] = await Promise.all([get(path), rules()]);
  /** A button that asks for a reason, does it and shows the account anew. */
  const support = (action, title, lead, { body, name, danger } = {}) => button(t(title), async () => {
    const answer = await askReason(title, lead, danger, (reason) => post(`${path}/${action}`, { reason, ...body }));
    if (answer) again(t("adminDone", { what: both(title) }), answer.password && newPassword(answer.password));
  }, { "aria-label": name && `${w(title)}：${name}` });

  const roles = portal.registration.roles.filter(({ key }) => account.roles.includes(key));
  const without = ({ key, title }) => support("roles", "adminRemoveRole", "adminRemoveRoleLead", { body: { roles: account.roles.filter((role) => role !== key) }, name: wordOf(title), danger: true });
  const unbind = (row) => support("unbind", "adminUnbind", "adminUnbindLead", { body: { binding: row.binding }, name: row.lockNumber, danger: true });
  return {
    title: account.name,
    body: [
      h("p.lead", null, t(KINDS[account.kind]), " · ", h("code", null, account.code), " ", state(account.state, account.stateWords),
        account.locked ? badge("bad", t("adminLocked")) : ""),
      card("adminSupport",
        facts(
          [t("adminLoginName"), account.loginName],
          [t("adminRegistered"), when(account.registeredAt)],
          [t("adminBound"), account.boundAt ? when(account.boundAt) : ""],
          [t("adminLastLogin"), account.lastLogin ? at(account.lastLogin) : t("adminNoLogins")],
          [t("adminWrong"), account.wrongPasswords ? String(account.wrongPasswords) : ""],
          [t("adminLockedUntil"), account.lockedUntil ? at(account.lockedUntil) : ""],
        ),
        h("div.actions", null,
          account.locked || account.wrongPasswords ? support("unlock", "adminUnlock", "adminUnlockLead") : "",
          account.activated ? "" : support("activate", "adminActivate", "adminActivateLead"),
          support("reset-password", "adminReset", "adminResetLead"),
          account.state === "travelling" ? support("sync", "adminSync", "adminSyncLead") : "",
          h("a.button.quiet", { href: `#audit?account=${id}` }, t("adminAudit")))),
      card("adminBindings", bindings(alive, [["adminDo", unbind]])),
      roles.length ? card("adminRoles", rows("adminRoles", [["adminRoleOf", ({ title }) => say(title)], ["adminDo", without]], roles)) : "",
      account.data?.length ? card("adminData", fields(account.data)) : "",
      sealedLetter(letter),
      staff?.length ? card("adminStaff", rows("adminStaff", [
        ["adminWhose", (row) => row.name], ["adminCode", (row) => h("code", null, row.code)], ["adminState", (row) => state(row.state, row.stateWords)],
      ], staff)) : "",
      card("adminLogins", rows("adminLogins", [
        ["adminAt", (row) => at(row.at)],
        ["adminKind", (row) => t(row.strength === "ca" ? "adminByCa" : "adminByPassword")],
        ["adminLockNumber", (row) => (row.fingerprint ? h("code", null, row.fingerprint.slice(0, 8).toUpperCase()) : "—")],
      ], logins, "adminNoLogins")),
      requests.length ? card("adminRequestsOf", rows("adminRequestsOf", [
        ["adminAt", (row) => at(row.at)], ["adminNumber", (row) => link(`requests/${row.number}`, row.number)], ["adminState", (row) => state(row.state, row.stateWords)],
      ], requests)) : "",
      ended.length ? card("adminEnded", bindings(ended, [
        ["adminEndedAt", (row) => at(row.endedAt)], ["adminEndedReason", (row) => row.endedReason ?? "—"],
      ])) : "",
      card("adminEvents", rows("adminEvents", [
        ["adminAt", (row) => at(row.at)],
        ["adminAction", (row) => live(() => wordOf(row.words) || row.action)],
        ["adminBy", (row) => (BY[row.by] ? t(BY[row.by]) : row.by)],
        ["adminReason", (row) => row.reason ?? "—"],
      ], events)),
    ],
  };
}
