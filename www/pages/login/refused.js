/** What helps somebody whose lock was refused, under the element's own words: both names, the time, the next step as a link. */
import { find, h } from "/site/dom.js";
import { moreFacts } from "/site/notices.js";
import { t } from "/site/words.js";

/** The page that mends it, by code. */
const NEXT = {
  KEY_NOT_BOUND: [["/register", "registerLink"], ["/requests", "forgotLink"]],
  SERIAL_CHANGED: [["/requests", "forgotLink"]],
  CERT_EXPIRED: [["/requests", "forgotLink"]],
  ACCOUNT_LOCKED: [["/requests", "forgotLink"]],
};

/** @param {{code?: string, answer?: object}} [error] nothing: what was told is over */
export function afterRefusal({ code, answer } = {}) {
  const links = NEXT[code] ?? [];
  const more = moreFacts(answer ?? {});
  const place = find("login-help");
  place.hidden = links.length === 0 && more.childElementCount === 0;
  place.replaceChildren(more, h("p.actions", null, links.map(([href, key]) => h("a.button.quiet", { href }, t(key)))));
}
