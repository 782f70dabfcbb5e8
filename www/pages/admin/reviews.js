/** 审核: accounts, locks and people that wait, and one of them with everything that was submitted. */
import { get, post } from "/site/api.js";
import { button, h } from "/site/dom.js";
import { say, t } from "/site/words.js";
import { at, bindings, card, fields, files, link, reasonField, table, work } from "/admin/parts.js";

const KINDS = { account: "adminReviewAccount", binding: "adminReviewBinding", staff: "adminReviewStaff" };

export async function list() {
  const { reviews } = await get("/api/admin/reviews");
  return [
    h("p.lead", null, t("adminReviewLead")),
    h("section.card", null, table([
      ["adminAt", (row) => at(row.at)],
      ["adminKind", (row) => t(KINDS[row.kind])],
      ["adminWhose", (row) => [row.account.name, row.title && row.title !== row.account.name ? h("small", null, row.title) : ""]],
      ["adminCode", (row) => h("code", null, row.account.code)],
      ["adminDo", (row) => link(`reviews/${row.review}`, t("adminView"))],
    ], reviews, "adminNone")),
  ];
}

export async function entry(id, { done }) {
  const review = await get(`/api/admin/reviews/${encodeURIComponent(id)}`);
  const title = `${review.account.name}${review.title && review.title !== review.account.name ? ` · ${review.title}` : ""}`;
  return {
    title,
    body: [
      h("p.lead", null, t(KINDS[review.kind]), " · ", at(review.at), " · ", link(`accounts/${review.account.account}`, say(review.account.stateWords))),
      review.binding ? card("adminBindings", bindings([review.binding])) : "",
      review.data?.length ? card("adminData", fields(review.data, review.before)) : "",
      review.kind === "binding" ? "" : card("adminFiles", files(review.attachments ?? [])),
      decision((approve, reason) => post(`/api/admin/reviews/${encodeURIComponent(id)}`, { approve, reason }), title, done),
    ],
  };
}

/** The decision with its reason: needed for a no, welcome for a yes. `needed`: also for a yes. */
export function decision(decide, title, done, { needed = false, mayApprove = true } = {}) {
  const reason = reasonField(needed ? "adminReasonKept" : "adminReasonHint");
  const place = h("section.card.decision", null);
  const act = (approve) => () => {
    const text = reason.value(needed || !approve);
    if (text === undefined) return;
    work(place, async () => done(await decide(approve, text), t(approve ? "adminApproved" : "adminRejected", { title })));
  };
  place.append(
    h("h2", null, t("adminDecision")), reason.element,
    h("p.actions", null, button(t("adminApprove"), act(true), { kind: "primary", disabled: !mayApprove }), button(t("adminReject"), act(false))));
  return place;
}
