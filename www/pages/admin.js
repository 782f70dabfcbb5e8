/**
 * The administration. One page; its sections and entries stand behind the `#`, so that the name of an account is in no
 * server's log: `#reviews`, `#reviews/ID`, `#requests?state=approved`, `#accounts?q=…`, `#audit`.
 */
import { get, hint, post } from "/site/api.js";
import { trouble } from "/site/confirm.js";
import { button, find, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { frame, logOut } from "/site/frame.js";
import { speak, t } from "/site/words.js";
import { both } from "/admin/parts.js";
import texts from "/admin/texts.js";
import * as accounts from "/admin/accounts.js";
import * as audit from "/admin/audit.js";
import * as requests from "/admin/requests.js";
import * as reviews from "/admin/reviews.js";

const SECTIONS = {
  reviews: ["adminReviews", reviews],
  requests: ["adminRequests", requests],
  accounts: ["adminAccounts", accounts],
  audit: ["adminAudit", audit],
};
const main = find("main");

speak(texts);
start();

async function start() {
  const shown = await frame({ places: Object.entries(SECTIONS).map(([name, [title]]) => [title, `#${name}`, (_, { role }) => role === "admin"]) });
  if (!shown) return;
  const { session } = shown;
  if (!session) return draw("adminLogin", loginForm());
  if (session.role !== "admin") return draw("adminLogin", notice("warn", h("p", null, t("adminNotYou"))), h("div.actions", null, button(t("adminOther"), () => logOut("/admin"), { kind: "primary" })));
  addEventListener("hashchange", () => show());
  // The section that is shown already is asked for anew.
  document.querySelector("nav.places").addEventListener("click", ({ target }) => target.closest("a")?.hash === location.hash && show());
  await show();
}

/** Where the address leads: a section, perhaps an entry of it, and what was asked. */
function place() {
  const [, path = "", search = ""] = /^#?([^?]*)\??(.*)$/.exec(location.hash);
  const [section, ...rest] = path.split("/");
  return { section: SECTIONS[section] ? section : "reviews", id: decodeURIComponent(rest.join("/")), query: new URLSearchParams(search) };
}

/** Counts what is shown, so that a slow answer does not draw over a newer one. */
let turn = 0;

/** Draws what the address says, below what is told about what was just done. */
async function show(...told) {
  const mine = (turn += 1);
  const { section, id, query } = place();
  const [title, part] = SECTIONS[section];
  main.setAttribute("aria-busy", "true");
  let drawn;
  try {
    drawn = id ? await part.entry(id, { done: (...news) => leaveTo(section, news), again: show }) : { body: await part.list({ query, go }) };
  } catch (error) {
    drawn = { body: [error.code === "NOT_FOUND" ? notice("warn", h("p", null, t("adminGone"))) : trouble(error)] };
  }
  if (mine !== turn) return;
  main.setAttribute("aria-busy", "false");
  const back = id && h("p.back", null, h("a", { href: `#${section}` }, "← ", t("adminBackTo", { list: both(title) })));
  const news = told.length > 0 && h("div.news", { role: "status" }, notice("good", h("p", null, told[0])), told.slice(1).filter(Boolean));
  draw(drawn.title ?? title, back, news, ...drawn.body);
  navigation(section);
}

/** The section's list again, with the news of what was done. */
function leaveTo(section, news) {
  history.pushState(null, "", `#${section}`);
  return show(...news);
}

function go(section, asked) {
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  location.hash = query.size ? `#${section}?${query}` : `#${section}`;
}

/** `title`: a text's key, or a name. */
function draw(title, ...children) {
  const heading = h("h1", { id: "title", tabindex: "-1" }, title in texts ? t(title) : title);
  const first = !main.querySelector("h1");
  main.replaceChildren(heading, ...children.filter(Boolean));
  // Not at the first drawing: nobody has gone anywhere yet.
  if (!first) heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Which section is shown, and how much waits in each. */
async function navigation(section) {
  const links = new Map([...document.querySelectorAll("nav.places a")].map((one) => [one.hash.slice(1), one]));
  for (const [name, one] of links) {
    if (name === section) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
  const [waiting, asked] = await Promise.allSettled([get("/api/admin/reviews"), get("/api/admin/requests?state=waiting")]);
  for (const [name, list] of [["reviews", waiting.value?.reviews], ["requests", asked.value?.requests]]) {
    links.get(name)?.querySelector(".count")?.remove();
    if (list?.length) links.get(name)?.append(h("span.count", null, list.length));
  }
}

function loginForm() {
  const form = new Form([
    new Field({ key: "name", title: both("adminName"), required: true, attributes: { autocomplete: "username" } }),
    new Field({ key: "password", title: both("adminPassword"), required: true, kind: "password", attributes: { autocomplete: "current-password" } }),
  ]);
  const enter = h("button.primary", null, t("toLogin"));
  const submit = async (event) => {
    event.preventDefault();
    if (!form.check()) return;
    await busy(enter, async () => {
      const { name, password } = form.values;
      form.field("password").value = "";
      try {
        await post("/api/password-login", { name, password });
        hint(true);
        location.reload();
      } catch (error) {
        form.refused(error);
      }
    });
  };
  return h("form.card.narrow", { novalidate: true, onsubmit: submit },
    h("p.lead", null, t("adminLoginLead")), form.summary, h("div.fields", null, form.fields.map(({ node }) => node)), h("div.actions", null, enter));
}
