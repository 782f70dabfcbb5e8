/** 审核: accounts, locks and people that wait, and one of them with everything that was submitted. */
import { get, post } from "/site/api.js";
import { h } from "/site/dom.js";
import { say, t } from "/site/words.js";
import { at, below, bindings, card, decision, fields, files, letter, link, rows } from "/admin/parts.js";

const KINDS = { account: "adminReviewAccount", binding: "adminReviewBinding", staff: "adminReviewStaff" };

export async function list() {
  const { reviews } = await get("/api/admin/reviews");
  return [
    h("p.lead", null, t("adminReviewLead")),
    h("section.card", null, rows("adminReviews", [
      ["adminAt", (row) => at(row.at)],
      ["adminKind", (row) => t(KINDS[row.kind])],
      ["adminWhose", (row) => [row.account.name, row.title !== row.account.name && below(row.title)]],
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
      letter(review.letter),
      review.kind === "binding" ? "" : card("adminFiles", files(review.attachments ?? [])),
      decision((approve, reason) => post(`/api/admin/reviews/${encodeURIComponent(id)}`, { approve, reason }), title, (told) => done(told)),
    ],
  };
}
