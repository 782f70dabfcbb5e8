/** Basic data: filling in, saving, submitting, changing; attachments; the letter of commitment; what was changed before. */
import { get } from "/site/api.js";
import { facts, find, h, notice } from "/site/dom.js";
import { failed, frame } from "/site/frame.js";
import { takeNotice } from "/site/notices.js";
import { stateBadge } from "/site/states.js";
import { speak, t, when } from "/site/words.js";
import { Attachments } from "/account/attachments.js";
import { DataForm } from "/account/data.js";
import { history } from "/account/history.js";
import { Letter } from "/account/letter.js";
import texts from "/account/texts.js";

speak(texts);
const page = await frame({ needs: "account" });
if (page) {
  try {
    await start(page);
  } catch (error) {
    failed(error);
  }
}

async function start({ portal, session }) {
  const head = find("main").firstElementChild;
  const state = h("div", { "aria-live": "polite" });
  head.append(takeNotice(), state);
  const [data, { bindings }] = await Promise.all([get("/api/account"), get("/api/bindings")]);
  const ours = new Set([...bindings.map(({ fingerprint }) => fingerprint), session.holder?.fingerprint]);
  const parts = [
    new DataForm(portal, session, ours, update),
    new Attachments(portal, update),
    new Letter(),
  ];
  find("main").append(...parts.map(({ node }) => node));
  const past = h("div");
  if (portal.submissions.history) find("main").append(past);
  update(data);
  if (location.hash) find(location.hash.slice(1))?.scrollIntoView();

  /** Everything on the page follows what the portal said last. */
  function update(now, said) {
    state.replaceChildren(...summary(now), said ? notice("good", h("p", { role: "status" }, t(said))) : "");
    for (const part of parts) part.draw(now);
    if (portal.submissions.history) history(portal).then((node) => past.replaceChildren(node));
  }
}

function summary({ account, letter, loginName, registeredAt, submittedAt, strength, reviewedAt, reviewReason, availableAt }) {
  const sealing = letter?.needed && ["valid", "changing"].includes(account.state);
  const kind = { rejected: "bad", draft: "warn", changing: "warn" }[account.state] ?? "info";
  return [
    facts(
      [t("state"), stateBadge(account)],
      [t("accountName"), loginName],
      [t("registeredAt"), when(registeredAt, true)],
      [t("submittedAt"), submittedAt && when(submittedAt, true)],
      [t("submittedBy"), strength && t(strength === "ca" ? "byLock" : "byPassword")],
      [t("reviewedAt"), reviewedAt && when(reviewedAt, true)],
      [t("availableAt"), availableAt && when(availableAt, true)],
    ),
    notice(kind, h("p", null, t(sealing ? `explainLetter_${account.state}` : `explain_${account.state}`)), account.state === "rejected" && h("p", null, t("reviewReason", { reason: reviewReason ?? "" }))),
  ];
}
