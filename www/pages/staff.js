/** 从业人员 and CA证书激活: a unit's people, their files, and their personal locks. */
import { get, post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { badge, button, find, h, notice } from "/site/dom.js";
import { Field } from "/site/form.js";
import { failed, frame } from "/site/frame.js";
import { stateBadge } from "/site/states.js";
import { table } from "/site/table.js";
import { say, speak, t } from "/site/words.js";
import { activate } from "/staff/activate.js";
import { files } from "/staff/files.js";
import texts from "/staff/texts.js";

speak(texts);
const page = await frame({ needs: "account" });
const said = h("div", { "aria-live": "polite" });
const place = h("div.stack");
if (page) {
  const byLock = page.session.strength === "ca";
  find("main").firstElementChild.append(
    notice("info", h("p", null, t("onlySealing"))),
    byLock ? "" : notice("warn", h("p", null, t("needsLock"))),
    said);
  find("main").append(place);
  await refresh().catch(failed);
}

async function refresh(done) {
  const { lists, staff } = await get("/api/staff");
  place.replaceChildren(...lists.map((list) => section(list, staff.filter((row) => row.list === list.key))));
  if (done) said.replaceChildren(notice("good", h("p", null, t(done))));
}

function section(list, rows) {
  const byLock = page.session.strength === "ca";
  return h("section.card", { "aria-labelledby": `list-${list.key}` },
    h("div.head", null,
      h("h2", { id: `list-${list.key}` }, say(list.title)),
      h("div.actions", null, byLock && button(t("addStaff"), () => edit(list), { kind: "primary" }))),
    table(say(list.title), [
      ["staffName", (row) => row.name],
      ["staffCode", (row) => h("span.number", null, row.code), "tight"],
      ["state", (row) => [stateBadge(row), row.reason && h("small", null, t("sentBack", { reason: row.reason }))].filter(Boolean)],
      ["lock", (row) => (row.binding ? [h("span.number", null, row.binding.lockNumber), h("small", null, say(row.binding.words.use))] : badge("plain", t("notActive")))],
      ["actions", (row) => (byLock ? acts(list, row) : t("none")), "act"],
    ], rows, () => t("noStaff")));
}

function acts(list, row) {
  const open = ["draft", "rejected"].includes(row.state);
  return [
    open && button(t("edit"), () => edit(list, row)),
    open && button(t("files"), () => files(row, refresh)),
    open && button(t("submitStaff"), () => submit(row)),
    row.activatable && button(t("activateStaff"), () => active(row), { kind: "primary" }),
    row.state !== "left" && button(t("leave"), () => leave(row)),
  ].filter(Boolean);
}

async function edit(list, row) {
  const own = list.fields.filter(({ key }) => key !== "name" && key !== "code");
  const value = (key) => row?.data?.[key] ?? "";
  const fields = [
    new Field({ key: "name", title: { zh: "姓名", en: "Name" }, required: true, value: row?.name }),
    // The number is shown masked: who changes an entry types it again, or leaves it.
    new Field({ key: "code", title: { zh: "证件号码", en: "Identity number" }, required: !row, check: "person-id", attributes: row && { placeholder: row.code } }),
    ...own.map((field) => new Field({ ...field, value: value(field.key) })),
  ];
  const answer = await ask({
    title: () => t(row ? "editStaff" : "addStaff"),
    text: [h("p.lead", null, say(list.title))],
    fields,
    yes: () => t(row ? "save" : "next"),
    act: ({ name, code, ...data }) => post(row ? `/api/staff/${row.staff}` : "/api/staff", { list: list.key, name, ...(code && { code }), data }),
  });
  if (!answer) return;
  await refresh("staffSaved");
  // 新增 → 电子件管理 → 提交 (C17): a new entry goes on with its files.
  if (!row) await files(answer.staff, refresh);
}

async function submit(row) {
  const answer = await ask({
    title: () => t("submitStaffTitle"),
    text: [h("p", null, h("b", null, row.name)), h("p", null, t("submitStaffLead"))],
    yes: () => t("submitStaff"),
    act: () => post(`/api/staff/${row.staff}/submit`),
  });
  if (answer) await refresh("staffSubmitted");
}

async function active(row) {
  if (await activate(page.session, row)) await refresh("activated");
}

async function leave(row) {
  const answer = await ask({
    title: () => t("leaveTitle"),
    text: [h("p", null, t("leaveLead", { name: row.name }))],
    fields: [new Field({ key: "reason", title: { zh: "原因", en: "Reason" }, required: true })],
    yes: () => t("confirm"),
    danger: true,
    act: (values) => post(`/api/staff/${row.staff}/leave`, values),
  });
  if (answer) await refresh("left");
}
