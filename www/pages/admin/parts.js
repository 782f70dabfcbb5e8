/** What the sections of the administration share: tables, questions for a reason, and what went wrong. */
import { sentence } from "/site/api.js";
import { button, h, notice } from "/site/dom.js";
import { label, live, say, t, w, wordOf, when } from "/site/words.js";
import texts from "/admin/texts.js";

/** A text in both languages, for filling it into another. */
export const both = (key) => ({ zh: texts[key][0], en: texts[key][1] });

/** A part of a page with its heading; further attributes go to the section. */
export function card(title, ...children) {
  return h("section.card", null, h("h2", null, t(title)), ...children);
}

/**
 * A table that becomes a list of cards on a narrow screen.
 * @param {Array<[string, (row: any) => unknown]>} columns the heading's text, and what stands in a cell
 */
export function table(columns, rows, empty = "adminNoneFound") {
  if (rows.length === 0) return h("p.lead", null, t(empty));
  const cell = (row, [title, text]) => label(h("td", null, text(row)), "data-label", title);
  return h("div.wide", { tabindex: "-1" },
    h("table.list", null,
      h("thead", null, h("tr", null, columns.map(([title]) => h("th", { scope: "col" }, t(title))))),
      h("tbody", null, rows.map((row) => h("tr", null, columns.map((column) => cell(row, column)))))));
}

/** A link to a section, an entry or a search. */
export const link = (to, ...children) => h("a", { href: `#${to}` }, ...children);

/** When something happened, to the minute. */
export const at = (value) => when(value, true);

/** What went wrong, in the portal's words. */
export function failed(error) {
  const text = () => sentence(error) ?? String(error);
  return h("div", { role: "alert" }, notice("bad", live(text), " ", h("small", null, error.code ?? "")));
}

/** Runs what a button does: once at a time, its error shown below the button. */
export async function work(place, act) {
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  place.querySelectorAll(":scope > [role=alert]").forEach((old) => old.remove());
  try {
    await act();
  } catch (error) {
    place.append(failed(error));
  } finally {
    place.setAttribute("aria-busy", "false");
  }
}

/** A field for the reason; `value()` is undefined, and the field says so, while it is needed and missing. */
export function reasonField(hint) {
  const note = h("p.hint", { id: "reason-hint" }, t(hint));
  const problem = h("p.wrong", { id: "reason-wrong", role: "alert" });
  const area = h("textarea", { id: "reason", rows: 3, maxlength: 500, "aria-describedby": "reason-hint reason-wrong" });
  return {
    element: h("div.field", null, h("label", { for: "reason" }, t("adminReason")), area, note, problem),
    value(needed) {
      const reason = area.value.trim();
      const missing = needed && reason === "";
      problem.textContent = missing ? w("adminReasonMissing") : "";
      area.setAttribute("aria-invalid", String(missing));
      if (missing) area.focus();
      return missing ? undefined : reason;
    },
  };
}

/** Asks for the reason of something that is done to an account, then does it. */
export function askReason(title, lead, act) {
  const reason = reasonField("adminReasonKept");
  const dialog = h("dialog", { "aria-labelledby": "ask-title" });
  const form = h("form", { novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    const text = reason.value(true);
    if (text === undefined) return;
    work(form, async () => {
      await act(text);
      dialog.close();
    });
  } },
  h("h2", { id: "ask-title" }, title), h("p.lead", null, lead), reason.element,
  h("p.actions", null, h("button.primary", null, t("confirm")), button(t("cancel"), () => dialog.close())));
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A new password, told once. */
export function newPassword(password) {
  const copy = button(t("adminCopy"), async () => {
    await navigator.clipboard.writeText(password);
    copy.replaceChildren(t("adminCopied"));
  });
  return notice("warn", h("strong", null, t("adminNewPassword")), h("p.secret", null, h("code", null, password), copy), h("p", null, t("adminNewPasswordHint")));
}

const BADGES = {
  waiting: "warn", draft: "info", valid: "good", approved: "good", rejected: "bad", changing: "warn", travelling: "warn", withdrawn: "info",
  normal: "good", expired: "bad", stopped: "bad", deleted: "info",
};

/** A state in the portal's words. */
export const state = (value, words) => h(`span.badge.${BADGES[value] ?? "info"}`, null, say(words));

/** The locks of an account; `more` adds a column. */
export function bindings(rows, more = []) {
  return table([
    ["adminLockNumber", (row) => h("code", null, row.lockNumber)],
    ["adminRole", (row) => say(row.words.role)],
    ["adminSubject", (row) => [row.holderName, h("small", null, row.issuer, " · ", row.product ? say(row.product.title) : "")]],
    ["adminNotAfter", (row) => at(row.notAfter)],
    ["adminUse", (row) => state(row.useState, row.words.use)],
    ["adminChange", (row) => say(row.words.change)],
    ["adminReview", (row) => state(row.reviewState, row.words.review)],
    ...more,
  ], rows, "adminNoLocks");
}

/** Fields with their titles, beside what they were where that is known. */
export function fields(now, before) {
  const was = new Map((before ?? []).map((field) => [field.key, field.value]));
  const shown = (value) => (value && typeof value === "object" ? wordOf(value) || JSON.stringify(value) : String(value ?? ""));
  const text = (value) => (typeof value === "object" && value ? live(() => shown(value)) : shown(value) || "—");
  return table([
    ["adminField", (field) => say(field.title)],
    ...(before ? [["adminBefore", (field) => text(was.get(field.key))]] : []),
    [before ? "adminNow" : "adminWhat", (field) => {
      const changed = before && shown(was.get(field.key)) !== shown(field.value);
      return changed ? h("mark", null, text(field.value), h("small", null, t("adminChanged"))) : text(field.value);
    }],
  ], now);
}

/** Files, each a download: what a stranger sent is not shown within this site. */
export function files(list, title = (file) => file.name ?? file.key) {
  if (list.length === 0) return h("p.lead", null, t("adminNoFiles"));
  const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1048576).toFixed(1)} MB`);
  return h("ul.files", null, list.map((file) => h("li", null,
    h("a", { href: file.href, download: true }, title(file)), file.size ? h("small", null, size(file.size)) : "")));
}
