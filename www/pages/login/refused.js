/** What helps somebody whose lock was refused: the next step as a link, under the element's own words. */
import { find, h } from "/site/dom.js";
import { t } from "/site/words.js";

/** The page that mends it, by code. */
const NEXT = {
  KEY_NOT_BOUND: [["/register", "registerLink"], ["/requests", "forgotLink"]],
  SERIAL_CHANGED: [["/requests", "forgotLink"]],
  CERT_EXPIRED: [["/requests", "forgotLink"]],
  ACCOUNT_LOCKED: [["/requests", "forgotLink"]],
};

/** @param {string} [code] nothing: what was told is over */
export function afterRefusal(code) {
  const links = NEXT[code] ?? [];
  const place = find("login-help");
  place.hidden = links.length === 0;
  place.replaceChildren(h("p.actions", null, links.map(([href, key]) => h("a.button.quiet", { href }, t(key)))));
}
