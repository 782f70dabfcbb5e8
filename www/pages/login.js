/** The login page: by lock or by account. Which one is suggested by what is plugged in, and chosen by the person. */
import { hint } from "/site/api.js";
import { find, h } from "/site/dom.js";
import { frame, goTo } from "/site/frame.js";
import { say, speak, t } from "/site/words.js";
import { accountForm } from "/login/account.js";
import { afterRefusal } from "/login/refused.js";
import texts from "/login/texts.js";
import { keepNotice, takeNotice } from "/site/notices.js";
import { suggestMode } from "/suggest.js";

/** localStorage: the way that was chosen last on this computer. */
const STORE = "site-login-mode";
const MODES = ["ca", "account"];

speak(texts);
document.querySelector("#main .lead").after(takeNotice());
for (const mode of MODES) find(`tab-${mode}`).addEventListener("click", () => choose(mode, true));
document.querySelector("[role=tablist]").addEventListener("keydown", byKeys);
choose(kept() ?? "ca");
suggestMode(suggest);

const login = document.querySelector("calock-login");
login.addEventListener("calock-done", ({ detail }) => arrived(detail));
login.addEventListener("calock-error", ({ detail }) => afterRefusal(detail));
login.addEventListener("calock-step", () => afterRefusal());

const page = await frame({ stays: true });
if (page) {
  find("panel-account").append(...accountForm(page.portal, (answer) => {
    arrived(answer);
    goTo(answer.next);
  }));
  registerLine(page.portal);
  products(page.portal);
} else {
  find("panel-account").append(h("p.notice", { role: "alert" }, t("badAnswer")));
}

/** The next page may be one that is there for everybody, and knows by the hint that somebody is logged in. */
function arrived(answer) {
  hint(true);
  keepNotice(answer);
}

function choose(mode, chosen) {
  for (const one of MODES) {
    const is = one === mode;
    find(`tab-${one}`).setAttribute("aria-selected", String(is));
    find(`tab-${one}`).tabIndex = is ? 0 : -1;
    find(`panel-${one}`).hidden = !is;
  }
  if (!chosen) return;
  try {
    localStorage.setItem(STORE, mode);
  } catch {
    // It is chosen again next time.
  }
}

function kept() {
  try {
    return MODES.find((mode) => mode === localStorage.getItem(STORE));
  } catch {
    return undefined;
  }
}

function byKeys(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1, Home: -2, End: 2 }[event.key];
  if (!step) return;
  const now = MODES.indexOf(event.target.dataset.mode);
  const mode = MODES[Math.abs(step) === 2 ? (step > 0 ? 1 : 0) : (now + step + MODES.length) % MODES.length];
  choose(mode, true);
  find(`tab-${mode}`).focus();
  event.preventDefault();
}

/** Marks a way and says why; switches to none. */
function suggest({ mode, reason }) {
  for (const one of MODES) {
    find(`tab-${one}`).querySelector(".suggested")?.remove();
    if (one === mode && reason === "present") find(`tab-${one}`).append(h("span.suggested", null, t("suggestedMark")));
  }
  find("suggestion").replaceChildren(...(mode ? [t(`suggest_${reason}`)] : []));
}

function registerLine({ registration }) {
  const elsewhere = registration.place === "province" && [" ", t("registerElsewhere", { n: registration.syncMinutes })];
  find("register-line").replaceChildren(t("noAccount"), " ", h("a", { href: "/register" }, t("registerLink")), ...(elsewhere || []));
}

function products(portal) {
  const words = { "log-in": "mayLogIn", seal: "maySeal", bid: "mayBid" };
  find("product-list").replaceChildren(...portal.products.map(({ title, may, offered }) =>
    h("li", null,
      h("b", null, say(title)), " · ", may.flatMap((what, index) => [index ? "、" : "", t(words[what])]),
      offered && h("span.line", null, h("small", null, say(offered.where), offered.phone && " · ", offered.phone && t("productPhone", { phone: offered.phone }))))));
  find("products").hidden = false;
}
