/** What is told of a registration that somebody made already: its days, and nothing else (B05). */
import { facts, h } from "/site/dom.js";
import { t } from "/site/words.js";

/** @param {{registeredOn: string, boundOn: string|null}} found */
export const registered = ({ registeredOn, boundOn }) =>
  h("div", null,
    facts([t("registeredOn"), registeredOn], [t("boundOn"), boundOn ?? t("notBound")]),
    h("p.actions", null, h("a.button.quiet", { href: "/" }, t("goLogin")), h("a.button.quiet", { href: "/requests" }, t("askUnbind"))));
