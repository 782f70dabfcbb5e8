/** What the portal wanted to be told with a login or a submission, kept until the next page tells it. */
import { facts, h, notice } from "/site/dom.js";
import { say, t, when } from "/site/words.js";

/** sessionStorage: the notice, once. */
const STORE = "site-notice";
/** sessionStorage: the renewal that a login began. */
const RENEWAL = "site-renewal";

export function keepNotice(answer) {
  const notice = answer?.notice ?? null;
  keep(notice);
  if (notice?.request) keep({ number: notice.request, account: notice.account }, RENEWAL);
}

/** What a statement must say that confirms this renewal; undefined when another window logged in. */
export function renewalAccount(number) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(RENEWAL));
    return kept?.number === number ? kept.account : undefined;
  } catch {
    return undefined;
  }
}

/** The key of a text that says what went well, for the next page. */
export const keepDone = (key) => keep({ done: key });

function keep(value, place = STORE) {
  try {
    sessionStorage.setItem(place, JSON.stringify(value));
  } catch {
    // It is not told then; the page behind shows the state that it is about.
  }
}

/** What was kept, once, as the page's first part. @returns {Node|string} */
export function takeNotice() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(STORE));
    sessionStorage.removeItem(STORE);
  } catch {
    // Nothing was kept.
  }
  if (!kept) return "";
  return kept.done ? notice("good", h("p", { role: "status" }, t(kept.done))) : noticeBox(kept);
}

/** As it is told: the portal's sentence, both names where they differ, and when. */
export function noticeBox({ code, message, names, codes, availableAt }) {
  const more = facts(
    [t("nameInAccount"), names?.account], [t("nameInCertificate"), names?.certificate],
    [t("codeInAccount"), codes?.account], [t("codeInCertificate"), codes?.certificate],
    [t("availableAt"), availableAt && when(availableAt, true)]);
  const box = notice("warn", h("p", null, say(message)), more.childElementCount > 0 && more);
  box.dataset.code = code;
  return box;
}
