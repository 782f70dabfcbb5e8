/**
 * The administration. One page; its sections and entries stand behind the `#`, so that the name of an account is in no
 * server's log: `#reviews`, `#reviews/ID`, `#requests?state=approved`, `#accounts?q=…`, `#audit`.
 */
import { get, post, session } from "/site/api.js";
import { button, find, h, notice } from "/site/dom.js";
import { speak, t } from "/site/words.js";
import { both, failed, work } from "/admin/parts.js";
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
  try {
    const { role } = await session();
    if (role !== "admin") return draw("adminLogin", notice("warn", t("adminNotYou")), leaveForm());
  } catch (error) {
    return error.code === "NOT_LOGGED_IN" ? draw("adminLogin", loginForm()) : draw("adminTitle", failed(error));
  }
  addEventListener("hashchange", () => show());
  navigation();
  return show();
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
  for (const link of document.querySelectorAll("#sections a")) {
    if (link.hash === `#${section}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.setAttribute("aria-busy", "true");
  let drawn;
  try {
    drawn = id ? await part.entry(id, { done: (_, ...more) => leaveTo(section, ...more), again: show }) : { body: await part.list({ query, go }) };
  } catch (error) {
    drawn = { body: [error.code === "NOT_FOUND" ? notice("warn", t("adminGone")) : failed(error)] };
  }
  if (mine !== turn) return;
  main.setAttribute("aria-busy", "false");
  const back = id ? h("p.back", null, h("a", { href: `#${section}` }, "← ", t("adminBackTo", { list: both(title) }))) : "";
  const news = told.length ? h("div", { role: "status" }, notice("good", told[0]), told.slice(1)) : "";
  draw(drawn.title ?? title, back, news, ...drawn.body);
  counts();
}

/** The section's list again, with the news of what was done. */
function leaveTo(section, ...told) {
  history.pushState(null, "", `#${section}`);
  return show(...told.filter(Boolean));
}

function go(section, asked) {
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  location.hash = query.size ? `#${section}?${query}` : `#${section}`;
}

/** `title`: a text's key, or a name. */
function draw(title, ...children) {
  const heading = h("h1", { tabindex: "-1" }, title in texts ? t(title) : title);
  const first = !main.querySelector("h1");
  main.replaceChildren(heading, ...children.filter(Boolean));
  // Not at the first drawing: nobody has gone anywhere yet.
  if (!first) heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function navigation() {
  const nav = find("sections");
  nav.replaceChildren(...Object.entries(SECTIONS).map(([name, [title]]) => h("a", { href: `#${name}` }, t(title), h("span.count", { hidden: true }))));
  nav.hidden = false;
}

/** How much waits, beside the sections' names. */
async function counts() {
  const [waiting, asked] = await Promise.allSettled([get("/api/admin/reviews"), get("/api/admin/requests?state=waiting")]);
  const put = (section, list) => {
    const place = document.querySelector(`#sections a[href="#${section}"] .count`);
    place.textContent = String(list?.length ?? "");
    place.hidden = !list?.length;
  };
  put("reviews", waiting.value?.reviews);
  put("requests", asked.value?.requests);
}

function loginForm() {
  const name = h("input", { id: "name", autocomplete: "username", required: true, maxlength: 200 });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true, maxlength: 200 });
  const form = h("form.card.narrow", { onsubmit: (event) => {
    event.preventDefault();
    work(form, async () => {
      try {
        await post("/api/password-login", { name: name.value, password: password.value });
      } finally {
        password.value = "";
      }
      location.reload();
    });
  } },
  h("p.lead", null, t("adminLoginLead")),
  h("div.field", null, h("label", { for: "name" }, t("adminName")), name),
  h("div.field", null, h("label", { for: "password" }, t("adminPassword")), password),
  h("p.actions", null, h("button.primary", null, t("toLogin"))));
  return form;
}

/** For whoever is logged in as somebody else. */
function leaveForm() {
  const form = h("p.actions", null, button(t("adminOther"), () => work(form, async () => {
    await post("/api/logout");
    location.reload();
  }), { kind: "primary" }));
  return form;
}
