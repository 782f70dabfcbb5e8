/** What the sections of the administration share: tables, questions for a reason, files. */
import { ask } from "/site/confirm.js";
import { badge, button, facts, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { table } from "/site/table.js";
import { live, say, t, when, wordOf } from "/site/words.js";
import texts from "/admin/texts.js";

/** A text in both languages, for filling it into another. */
export const both = (key) => ({ zh: texts[key][0], en: texts[key][1] });

/** A part of a page with its heading. */
export const card = (title, ...children) => h("section.card", null, h("h2", null, t(title)), ...children);

/** A table with a caption for who listens, and what is said when it is empty. */
export const rows = (caption, columns, list, empty = "adminNoneFound") => table(t(caption), columns, list, () => t(empty));

/** A link to a section, an entry or a search. */
export const link = (to, ...children) => h("a", { href: `#${to}` }, ...children);

/** When something happened, to the second. */
export const at = (value) => when(value, true);

/** A line below what a cell says. */
export const below = (...children) => h("small", null, ...children);

function reasonField(required, hint) {
  return new Field({ key: "reason", title: both("adminReason"), required, kind: "textarea", hint: () => t(hint), attributes: { maxlength: 500 } });
}

/** Asks for the reason of something that is done to an account, then does it; undefined when it was given up. */
export function askReason(title, lead, danger, act) {
  const fields = [reasonField(true, "adminReasonKept")];
  return ask({ title: () => t(title), text: [h("p", null, t(lead))], fields, yes: () => t(title), danger, act: ({ reason }) => act(reason) });
}

/**
 * The decision with its reason: needed for a no, welcome for a yes.
 * @param {(approve: boolean, reason: string) => Promise<any>} decide
 * @param {(told: Node, answer: any) => void} done
 * @param {{needed?: boolean, mayApprove?: boolean}} [rules] `needed`: the reason, also for a yes
 */
export function decision(decide, title, done, { needed = false, mayApprove = true } = {}) {
  const reason = reasonField(needed, needed ? "adminReasonKept" : "adminReasonHint");
  const form = new Form([reason]);
  const act = (approve) => async ({ currentTarget }) => {
    if (!approve && !reason.value) {
      reason.complain(t("fillThis", { field: both("adminReason") }));
      reason.input.focus();
    } else if (form.check()) {
      await busy(currentTarget, () => decide(approve, reason.value).then((answer) => done(t(approve ? "adminApproved" : "adminRejected", { title }), answer), (error) => form.refused(error)));
    }
  };
  return card("adminDecision", form.summary, h("div.fields", null, reason.node),
    h("div.actions", null, button(t("adminApprove"), act(true), { kind: "primary", disabled: !mayApprove }), button(t("adminReject"), act(false))));
}

/** A new password, told once. */
export function newPassword(password) {
  const copy = button(t("adminCopy"), async () => {
    await navigator.clipboard.writeText(password);
    copy.replaceChildren(t("adminCopied"));
  });
  return notice("warn", h("p", null, h("strong", null, t("adminNewPassword"))), h("p.told", null, h("code", null, password), copy), h("p", null, t("adminNewPasswordHint")));
}

const KINDS = {
  waiting: "warn", changing: "warn", travelling: "warn", valid: "good", approved: "good", normal: "good", rejected: "bad", expired: "bad", stopped: "bad",
};

/** A state in the portal's words. */
export const state = (value, words) => badge(KINDS[value] ?? "info", say(words));

/** The locks of an account; `more` adds columns. */
export function bindings(list, more = []) {
  return rows("adminBindings", [
    ["adminLockNumber", (row) => h("code", null, row.lockNumber)],
    ["adminRole", (row) => say(row.words.role)],
    ["adminSubject", (row) => [row.holderName, below(row.issuer, row.product && " · ", row.product && say(row.product.title))]],
    ["adminNotAfter", (row) => at(row.notAfter)],
    ["adminUse", (row) => state(row.useState, row.words.use)],
    ["adminChange", (row) => say(row.words.change)],
    ["adminReview", (row) => state(row.reviewState, row.words.review)],
    ...more,
  ], list, "adminNoLocks");
}

/** Fields with their titles, beside what they were where that is known. */
export function fields(now, before) {
  const was = new Map((before ?? []).map((field) => [field.key, field.value]));
  const plain = (value) => (Array.isArray(value) ? value.map(plain).join("、") : value && typeof value === "object" ? wordOf(value) || JSON.stringify(value) : String(value ?? ""));
  const text = (value) => live(() => plain(value) || "—");
  return rows("adminData", [
    ["adminField", (field) => say(field.title)],
    ...(before ? [["adminBefore", (field) => text(was.get(field.key))]] : []),
    [before ? "adminNow" : "adminWhat", (field) =>
      before && plain(was.get(field.key)) !== plain(field.value) ? [h("mark", null, text(field.value)), below(t("adminChanged"))] : text(field.value)],
  ], now);
}

/** Files, each a download: what a stranger sent is not shown within this site. */
export function files(list, title = (file) => file.name ?? file.key) {
  if (list.length === 0) return h("p.empty", null, t("adminNoFiles"));
  return h("ul.files", null, list.map((file) => h("li", null, h("a", { href: file.href, download: true }, title(file)), file.size && below(size(file.size)))));
}

/** The sealed letter of an account, as it was verified when it came; a download. */
export function letter(sealed) {
  if (!sealed) return "";
  return card("adminLetter",
    facts(
      [t("adminSealedAt"), at(sealed.sealedAt)],
      [t("adminSealedBy"), sealed.signatures.map(({ name, signer, time }) => h("span.block", null, badge("good", t("adminVerified")), " ", name ?? signer, time && " · ", time && at(time)))],
      [t("adminDigest"), h("code", null, sealed.digest)]),
    files([{ href: sealed.href, name: sealed.name }]));
}

function size(bytes) {
  const [unit, name] = bytes < 1_000_000 ? [1000, "kB"] : [1_000_000, "MB"];
  return `${new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 1 }).format(bytes / unit)} ${name}`;
}
