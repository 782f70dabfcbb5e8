/** 审计: who did what and when, with what was signed. */
import { get } from "/site/api.js";
import { trouble } from "/site/confirm.js";
import { button, h } from "/site/dom.js";
import { busy } from "/site/form.js";
import { live, t, wordOf } from "/site/words.js";
import { at, below, link, rows } from "/admin/parts.js";

export async function list({ query }) {
  const account = query.get("account") ?? "";
  const ask = (before) => get(`/api/admin/audit?${new URLSearchParams({ ...(account ? { account } : {}), ...(before ? { before } : {}) })}`);
  const place = h("section.card", null, account ? h("p", null, link("audit", t("adminAll"))) : "");
  const add = ({ entries, next }) => {
    place.append(entriesTable(entries));
    if (!next) return;
    const more = h("div.actions", null, button(t("adminEarlier"), ({ currentTarget }) => busy(currentTarget, async () => {
      const older = await ask(next).catch(trouble);
      more.remove();
      if (older instanceof Node) place.append(older);
      else add(older);
    })));
    place.append(more);
  };
  add(await ask());
  return [h("p.lead", null, t("adminAuditLead")), place];
}

function entriesTable(entries) {
  return rows("adminAudit", [
    ["adminAt", (row) => at(row.at)],
    ["adminActor", (row) => row.actorName || row.actor || t("adminPortal")],
    ["adminAction", (row) => [live(() => wordOf(row.words) || row.action), below(h("code", null, row.action))]],
    ["adminWhose", (row) => (row.account ? link(`accounts/${row.account}`, row.accountName || row.account.slice(0, 8)) : "—")],
    ["adminDetail", (row) => details(row.detail)],
    ["adminEvidence", (row) => (row.evidence ? h("a", { href: `/api/admin/evidence/${row.evidence}`, download: true }, t("adminEvidenceGet")) : "—")],
  ], entries);
}

/** What else is known, as names and values. */
function details(detail) {
  const known = Object.entries(detail ?? {}).filter(([, value]) => value !== null && value !== "");
  if (known.length === 0) return "—";
  const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  return h("ul.details", null, known.map(([name, value]) => h("li", null, h("code", null, name), " ", text(value))));
}
