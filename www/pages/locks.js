/** CA管理: the locks of the account, with what happened to them; adding, looking at and deleting one. */
import { get } from "/site/api.js";
import { badge, button, find, h, notice } from "/site/dom.js";
import { failed, frame } from "/site/frame.js";
import { noticeBox, takeNotice } from "/site/notices.js";
import { stateOf } from "/site/states.js";
import { table } from "/site/table.js";
import { say, speak, t, when } from "/site/words.js";
import { AddLock } from "/locks/add.js";
import { deleteLock } from "/locks/delete.js";
import texts from "/locks/texts.js";
import { viewLock } from "/locks/view.js";

speak(texts);
const page = await frame({ needs: "account" });
const said = h("div", { "aria-live": "polite" });
const bound = h("section.card", { "aria-labelledby": "bound-title" });
const ended = h("section.card", { "aria-labelledby": "ended-title" });
if (page) {
  const { portal, session } = page;
  find("main").firstElementChild.append(takeNotice(), said);
  const add = new AddLock(portal, session, (answer) => {
    const waiting = answer.binding.reviewState === "waiting";
    tell(notice("good", h("p", null, t(waiting ? "boundWaiting" : "bound"))), answer.notice && noticeBox(answer.notice));
    return refresh();
  });
  find("main").append(bound, add.node, ended);
  const refresh = async () => {
    const data = await get("/api/bindings");
    draw(data, portal, refresh);
    add.draw(data);
  };
  await refresh().catch(failed);
}

function tell(...boxes) {
  said.replaceChildren(...boxes.filter(Boolean));
  said.scrollIntoView({ block: "nearest" });
}

function draw(data, portal, refresh) {
  const { bindings, ended: past, delete: rules } = data;
  const remove = async (row) => {
    const answer = await deleteLock(data, row);
    if (!answer) return;
    tell(notice("good", h("p", null, t("deleted"))));
    await refresh();
  };
  bound.replaceChildren(
    h("h2", { id: "bound-title" }, t("boundTitle")),
    table(t("boundTitle"), columns((row) => [
      button(t("view"), () => viewLock(row)),
      rules.may && button(t("delete"), () => remove(row)),
    ]), bindings, () => t("noLocks")),
    ...(rules.may ? [] : [h("p.hint", null, t("adminOnly"), " ", say(rules.when), " ", h("a", { href: "/requests" }, t("adminLink")))]));
  ended.hidden = past.length === 0;
  ended.replaceChildren(
    h("h2", { id: "ended-title" }, t("endedTitle")),
    table(t("endedTitle"), [
      ["lockNumber", (row) => h("span.number", null, row.lockNumber), "tight"],
      ["subject", (row) => subject(row)],
      ["changeState", (row) => stateOf(row.changeState, row.words.change)],
      ["endedAt", (row) => when(row.endedAt, true)],
      ["endedBy", (row) => [t(`by_${row.endedBy ?? "portal"}`), row.endedReason && h("small", null, row.endedReason)].filter(Boolean)],
      ["actions", (row) => button(t("view"), () => viewLock(row)), "act"],
    ], past, () => t("none")));
}

/** The manual's columns (D17). */
function columns(acts) {
  return [
    ["number", (row, index) => index + 1, "tight"],
    ["lockNumber", (row) => [h("span.number", null, row.lockNumber), h("small", null, say(row.words.role))], "tight"],
    ["subject", (row) => subject(row)],
    ["until", (row) => when(row.notAfter, true)],
    ["useState", (row) => stateOf(row.useState, row.words.use), "tight"],
    ["changeState", (row) => stateOf(row.changeState, row.words.change), "tight"],
    ["reviewState", (row) => stateOf(row.reviewState, row.words.review), "tight"],
    ["actions", (row) => acts(row).filter(Boolean), "act"],
  ];
}

function subject({ holderName, subject: name, current }) {
  return [holderName, " ", current ? badge("good", t("thisLock")) : "", h("small", null, name)];
}
