/** 变更历史总览: what was submitted before, and what each time was different. */
import { get } from "/site/api.js";
import { show, trouble } from "/site/confirm.js";
import { badge, button, facts, h } from "/site/dom.js";
import { table } from "/site/table.js";
import { live, say, t, when, wordOf } from "/site/words.js";

const ROLES = { key: "roles", title: { zh: "主体类型", en: "Roles" } };

/** @param {object} portal its rules */
export async function history(portal) {
  const { fields, attachments } = portal.registration;
  const titles = new Map([...fields, ...attachments, ROLES].map(({ key, title }) => [key, title]));
  const list = await get("/api/history").then(({ history: rows }) => drawn(rows, titles), trouble);
  return h("section.card", { "aria-labelledby": "history-title" }, h("h2", { id: "history-title" }, t("historyTitle")), list);
}

function drawn(rows, titles) {
  const name = (key) => titles.get(key) ?? { zh: key, en: key };
  const first = Math.min(...rows.map(({ version }) => version));
  const inOrder = (keys) => [...titles.keys()].filter((key) => keys.includes(key));
  return table(t("historyTitle"), [
    ["version", ({ version }) => version, "tight"],
    ["time", ({ at }) => when(at, true), "tight"],
    ["changedFields", ({ version, changed }) => (version === first ? t("firstVersion") : live(() => inOrder(changed).map((key) => wordOf(name(key))).join("、")))],
    ["submittedBy", ({ strength, paperOnly }) => [t(strength === "ca" ? "byLock" : "byPassword"), " ", paperOnly ? badge("warn", t("paperOnly")) : ""]],
    ["actions", (row) => button(t("view"), () => look(row, name)), "act"],
  ], rows, () => t("historyNone"));
}

function look({ version, at, data, changed }, name) {
  const lines = Object.entries(data).filter(([, value]) => typeof value === "string");
  show({
    title: () => t("versionTitle", { n: version }),
    content: [
      h("p.lead", null, when(at, true)),
      facts(...lines.map(([key, value]) => [say(name(key)), changed.includes(key) ? h("mark", null, value) : value])),
    ],
  });
}
