/**
 * What is around every page: the portal's name, who is logged in, where one can go, the language.
 *
 * Everything is driven by GET /api/portal; no portal's name and no rule of one stands in a page.
 */
import { forget, hint, maybeSession, post, rules, sentence, session } from "/site/api.js";
import { badge, button, find, h, notice } from "/site/dom.js";
import { follow, label, language, live, say, switchLanguage, t, w, wordOf } from "/site/words.js";

/** The sections of an account, and when there is one. */
const PLACES = [
  ["home", "/home"],
  ["account", "/account"],
  ["locks", "/locks"],
  ["staff", "/staff", ({ binding }) => binding.personal === "activated"],
  ["records", "/records", ({ submissions }) => submissions.kinds.length > 0],
  ["seal", "/seal", (portal, { capabilities }) => capabilities?.seal === true],
  ["security", "/password"],
];
const HELP = [["selftest", "/selftest"], ["device", "/lock"], ["requests", "/requests"]];

/**
 * Draws it, and reads what the page needs.
 * @param {object} [page]
 * @param {"account"|"session"} [page.needs] who may see it: who is logged in with an account, or who is logged in; everybody
 *   when it is missing
 * @param {boolean} [page.stays] the page is of use without the portal's rules
 * @param {[key: string, href: string, there?: Function][]} [page.places] the sections; an account's when it is missing
 * @returns {Promise<{portal: object, session: object|null}|null>} null: the page says by itself why there is nothing to see
 */
export async function frame({ needs, stays, places = PLACES } = {}) {
  languageSwitch();
  const reading = needs ? session() : maybeSession();
  reading.catch(() => {});
  let portal;
  let who = null;
  try {
    portal = await rules();
    brand(portal);
    who = await reading;
  } catch (error) {
    if (error.code === "NOT_LOGGED_IN") instead(t("notLoggedIn"), t("notLoggedInLead"), h("a.button", { href: "/" }, t("loginAgain")));
    else if (!stays) failed(error);
    return null;
  }
  account(portal, who, needs, places);
  if (needs) addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  if (needs !== "account" || who.account) return { portal, session: who };
  instead(t("noAccountYet"), t("noAccountLead"), h("a.button", { href: "/register" }, t("registerNow")));
  return null;
}

/** What could not be read, in the place of the page. */
export function failed(error) {
  const text = live(() => sentence(error) ?? String(error.message));
  instead(t("loadFailed"), text, button(t("again"), () => location.reload(), { kind: "primary" }));
  if (error.name !== "Refusal") throw error;
}

function instead(title, lead, act) {
  find("main").replaceChildren(
    h("section.card.narrow", { "aria-labelledby": "title" }, h("h1", { id: "title" }, title), h("p.lead", null, lead), h("p.actions", null, act)));
}

function languageSwitch() {
  const other = button("English", () => switchLanguage(), { id: "language" });
  follow(other, (self) => {
    const chinese = language() !== "en";
    self.lang = chinese ? "en" : "zh-CN";
    self.textContent = chinese ? "English" : "中文";
  });
  find("top").append(label(h("nav.who", { id: "who" }, other), "aria-label", "accountNav"));
}

function brand(portal) {
  const name = find("portal");
  name.replaceChildren(say(portal.title), ...(portal.demo ? [h("small", null, t("tag"))] : []));
  const { title } = document;
  const page = title.split(" · ")[0];
  follow(document.documentElement, () => {
    const own = document.querySelector("h1[data-word]")?.dataset.word;
    document.title = `${own ? w(own) : page} · ${wordOf(portal.title)}`;
  });
  find("bottom").replaceChildren(
    label(h("nav", null, HELP.map(([key, href]) => h("a", { href }, t(key)))), "aria-label", "helpNav"),
    h("p", null, t(portal.demo ? "footerDemo" : "footer")));
}

function account(portal, who, needs, places) {
  const place = find("who");
  if (!who) {
    if (location.pathname !== "/") place.prepend(h("a", { href: "/" }, t("toLogin")));
    return;
  }
  const name = who.account?.name ?? who.holder?.name ?? "";
  place.prepend(
    h("span.user", { title: name }, h("b", null, name), badge(who.strength === "ca" ? "good" : "info", t(who.strength === "ca" ? "byLock" : "byPassword"))));
  place.append(button(t("logout"), () => logOut(), { id: "logout" }));
  if (!who.account && needs !== "account") return;
  const links = places.filter(([, , there]) => !there || there(portal, who)).map(([key, href]) =>
    h("li", null, h("a", { href, "aria-current": location.pathname === href && "page" }, t(key))));
  find("top").after(label(h("nav.places", null, h("ul", null, links)), "aria-label", "placesNav"));
}

/** Ends the session and shows the login page, or another. */
export async function logOut(to = "/") {
  const control = find("logout");
  control.disabled = true;
  try {
    await post("/api/logout");
    hint(false);
    location.replace(to);
  } catch (error) {
    control.disabled = false;
    find("main").prepend(notice("bad", h("p", { role: "alert" }, t("logoutFailed")), h("p.code", null, t("code", { code: error.code ?? "INTERNAL" }))));
  }
}

/** Leaves for another page of the site; nothing that a portal's answer says can lead out of it, or run as a script. */
export function goTo(next, otherwise = "/home") {
  forget();
  const url = new URL(typeof next === "string" ? next : otherwise, location.origin);
  location.assign(url.origin === location.origin ? url.href : otherwise);
}
