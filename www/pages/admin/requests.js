/** 申请: unbinding, renewed certificates, CA applications. */
import { get, post } from "/site/api.js";
import { facts, h, notice } from "/site/dom.js";
import { say, t } from "/site/words.js";
import { at, bindings, card, decision, files, link, newPassword, rows, state } from "/admin/parts.js";

const KINDS = { unbind: "adminRequestUnbind", renewal: "adminRequestRenewal", "ca-application": "adminRequestCa" };
const STATES = { waiting: "adminWaiting", approved: "adminDoneApproved", rejected: "adminDoneRejected", withdrawn: "adminWithdrawn" };

export async function list({ query }) {
  const chosen = STATES[query.get("state")] ? query.get("state") : "waiting";
  const { requests } = await get(`/api/admin/requests?state=${chosen}`);
  const tab = ([name, title]) => h("a", { href: `#requests?state=${name}`, "aria-current": name === chosen ? "true" : undefined }, t(title));
  return [
    h("p.lead", null, t("adminRequestLead")),
    h("section.card", null,
      h("p.filters", null, Object.entries(STATES).map(tab)),
      rows("adminRequests", [
        ["adminAt", (row) => at(row.at)],
        ["adminNumber", (row) => h("code", null, row.number)],
        ["adminKind", (row) => t(KINDS[row.kind])],
        ["adminWhose", (row) => row.data.name ?? row.account?.name ?? "—"],
        ["adminState", (row) => state(row.state, row.stateWords)],
        ["adminDo", (row) => link(`requests/${row.number}`, t("adminView"))],
      ], requests, chosen === "waiting" ? "adminNone" : "adminNoneFound")),
  ];
}

export async function entry(number, { done }) {
  const answer = await get(`/api/admin/requests/${encodeURIComponent(number)}`);
  const request = answer.request ?? answer;
  const locks = answer.bindings ?? request.bindings ?? [];
  const { data, matches, account } = request;
  const wants = [data.unbind && t("adminWantsUnbind"), data.resetPassword && t("adminWantsReset")].filter(Boolean);
  const about = card(KINDS[request.kind],
    facts(
      [t("adminNumber"), h("code", null, request.number)],
      [t("adminAt"), at(request.at)],
      [t("adminState"), state(request.state, request.stateWords)],
      [t("adminWhose"), account ? link(`accounts/${account.account}`, data.name ?? account.name) : data.name],
      [t("adminCode"), data.code ? h("code", null, data.code) : ""],
      [t("adminContact"), data.contact],
      [t("adminPhone"), data.phone],
      wants.length ? [t("adminWants"), ...wants.flatMap((want, index) => (index ? ["、", want] : [want]))] : ["", ""],
      [t("adminStated"), data.reason],
      [t("adminProduct"), data.product],
      [t("adminRemark"), data.remark],
      [t("adminDecidedReason"), request.reason],
      [t("adminWindow"), request.when ? say(request.when) : ""],
    ));
  const title = `${data.name ?? account?.name ?? ""} · ${request.number}`;
  const open = request.state === "waiting";
  return {
    title,
    body: [
      open ? compared(request.kind, account, matches) : "",
      about,
      request.documents?.length ? card("adminDocuments", documents(request.documents, request.number)) : "",
      locks.length ? card("adminBindings", open && data.unbind ? h("p.lead", null, t("adminWillUnbind")) : "", bindings(locks)) : "",
      open ? decision(
        (approve, reason) => post(`/api/admin/requests/${encodeURIComponent(number)}`, { approve, reason }),
        title,
        (told, { password }) => done(told, password && newPassword(password)),
        { needed: true, mayApprove: Boolean(account) },
      ) : "",
    ],
  };
}

/** What the applicant wrote, beside what the account says. */
function compared(kind, account, matches) {
  if (!account) return notice("bad", t("adminNoAccount"));
  if (kind !== "unbind" || !matches) return "";
  if (matches.name && matches.code) return notice("good", t("adminMatchBoth"));
  return notice("warn", !matches.name && h("p", null, t("adminMatchName")), !matches.code && h("p", null, t("adminMatchCode")));
}

function documents(list, number) {
  const there = list.filter((one) => one.present).map((one) => ({ ...one, href: `/api/admin/attachments/${encodeURIComponent(number)}/${one.key}` }));
  const missing = list.filter((one) => !one.present);
  return [
    there.length ? files(there, (one) => say(one.title)) : "",
    missing.length ? h("ul.files", null, missing.map((one) => h("li", null, say(one.title), h("small", null, t("adminMissing"))))) : "",
  ];
}
