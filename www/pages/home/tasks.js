/** What is still to be done until the account can do business, in its order; one step is the next. */
import { h } from "/site/dom.js";
import { date, live, say, t, w } from "/site/words.js";

/**
 * @param {object} portal its rules
 * @param {object} data GET /api/account
 * @param {object[]} locks the account's living locks
 */
export function tasks(portal, data, locks) {
  const steps = [basic(data), ...review(portal, data), lock(portal, data, locks), ...sealing(data)];
  const next = steps.find(({ done }) => !done);
  return h("section.card", { "aria-labelledby": "next-title" },
    h("h2", { id: "next-title" }, t("nextTitle")),
    !next && h("p.lead", null, t("allDone")),
    h("ol.tasks", null, steps.map((step) =>
      h("li", { class: step.done ? "done" : step === next ? "now" : undefined, "aria-current": step === next && "step" },
        h("span.line", null, h("strong", null, t(step.title)), step.note && h("small", null, step.note)),
        step.link && !step.done && h("a", { class: step === next ? "button" : "button quiet", href: step.link[0] }, t(step.link[1]))))));
}

const submitted = (state) => ["waiting", "valid", "travelling"].includes(state);

function basic({ account, missing, reviewReason }) {
  const { state } = account;
  const done = submitted(state);
  const note = done ? t("taskDataDone")
    : state === "rejected" ? t("taskDataRejected", { reason: reviewReason ?? "" })
    : missing.length ? t("taskDataMissing", { n: missing.length }) : undefined;
  return { title: "taskData", done, note, link: ["/account", "goAccount"] };
}

function review({ registration }, { account, availableAt }) {
  const { state } = account;
  const steps = [];
  if (registration.review) {
    const done = ["valid", "travelling"].includes(state);
    steps.push({ title: "taskReview", done, note: done ? t("taskReviewDone") : registration.reviewTakes && say(registration.reviewTakes) });
  }
  if (state === "travelling") steps.push({ title: "taskTravel", done: false, note: live(() => w("taskTravelUntil", { time: date(availableAt, true) })) });
  return steps;
}

function lock({ binding }, { account }, locks) {
  const usable = locks.filter(({ reviewState }) => reviewState !== "waiting" && reviewState !== "rejected");
  if (usable.length) return { title: "taskLock", done: true, note: t("taskLockDone", { n: usable.length }) };
  if (locks.length) return { title: "taskLock", done: false, note: t("taskLockWaiting"), link: ["/locks", "view"] };
  const byItself = binding.how === "at-first-login";
  const may = account.state === "valid" && !byItself;
  return { title: "taskLock", done: false, note: byItself && t("taskLockAuto"), link: may && ["/locks", "goLocks"] };
}

function sealing({ letter }) {
  if (!letter) return [];
  const done = Boolean(letter.holds);
  return [{ title: "taskLetter", done, note: done && t("taskLetterDone"), link: ["/account", "goSeal"] }];
}
