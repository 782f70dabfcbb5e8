/** Submitting a record: 新增, 变更, 作废, 取消作废. One text says all of it, and that text is what is signed. */
import { post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { h } from "/site/dom.js";
import { Field } from "/site/form.js";
import { signWithLock } from "/site/sign/sign.js";
import { say, t, wordOf } from "/site/words.js";

/** @param {{session: object, ours: Set<string>, kind: object}} context @param {object} [row] the record that is changed */
export function edit(context, row) {
  const { kind } = context;
  const fields = kind.fields.map((field) => new Field({ ...field, value: row?.data[field.key] ?? "" }));
  return ask({
    title: () => t(row ? "editTitle" : "newTitle", { kind: kind.title }),
    fields,
    yes: () => t("submit"),
    act: (data) => submit(context, { action: row ? "change" : "create", kind: kind.key, record: row?.record ?? null, version: row?.version ?? 0, data }),
  });
}

export function toggle(context, row) {
  const action = row.state === "void" ? "restore" : "void";
  return ask({
    title: () => t(`${action}Title`),
    text: [h("p", null, say(context.kind.title))],
    yes: () => t(action),
    danger: action === "void",
    act: () => submit(context, { action, kind: row.kind, record: row.record, version: row.version, data: {} }),
  });
}

/** The signing dialog lies over the form's: who gives up there is back in the form, with everything in it. */
function submit({ session, ours, kind }, what) {
  const formText = JSON.stringify(what);
  const send = (signed) => post("/api/submissions", { formText, signed });
  if (session.strength !== "ca") return send(null);
  return signWithLock({
    purpose: "submit", account: session.account.account, formText, submit: send,
    title: () => t("signTitle"),
    about: [[t("signKind"), wordOf(kind.title)], [t("signAction"), t(`action_${what.action}`)]],
    guide: () => [t("guide"), t("guideChoose")],
    refuse: ({ fingerprint }) => (ours.has(fingerprint) ? undefined : t("notOurs")),
  });
}
