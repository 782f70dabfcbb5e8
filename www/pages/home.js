/** The page behind the login: who is logged in, what to do next, what this login may do. */
import { get } from "/site/api.js";
import { badge, facts, find, h, notice } from "/site/dom.js";
import { failed, frame } from "/site/frame.js";
import { takeNotice } from "/site/notices.js";
import { stateBadge } from "/site/states.js";
import { date, live, say, speak, t, w, when } from "/site/words.js";
import texts from "/home/texts.js";
import { tasks } from "/home/tasks.js";

/** A holder is told of the end this many days before, as the portals' own scripts do. */
const SOON = 60 * 86_400_000;

speak(texts);
const page = await frame({ needs: "session" });
if (page) await draw(page).catch(failed);

async function draw({ portal, session }) {
  const { holder, account } = session;
  const head = find("main").firstElementChild;
  head.querySelector(".lead").replaceWith(h("p.lead", null, t("welcome", { name: account?.name ?? holder.name }), " ", account && stateBadge(account)));
  const end = holder && Date.parse(holder.notAfter);
  head.append(
    takeNotice(),
    end && end - Date.now() < SOON ? notice("warn", h("p", null, live(() => w("expiresSoon", { date: date(holder.notAfter) })))) : "");
  const side = h("div.column", null, rights(session));
  const rest = h("div.column");
  find("main").append(h("div.columns", null, rest, side));
  if (account) {
    const [data, locks, events] = await Promise.all([get("/api/account"), get("/api/bindings"), lately()]);
    rest.append(tasks(portal, data, locks.bindings), holderCard(portal, session));
    side.append(events);
  } else {
    head.append(notice("info", h("p", null, t("unregistered")), h("p.actions", null, h("a.button", { href: "/register" }, t("registerNow")))));
    rest.append(holderCard(portal, session));
  }
}

function holderCard(portal, { holder, account, strength, since }) {
  const product = holder && portal.products.find(({ id }) => id === holder.product);
  return h("section.card", { "aria-labelledby": "holder-title" },
    h("h2", { id: "holder-title" }, t("holderTitle")),
    facts(
      [t("state"), account && stateBadge(account)],
      [t("how"), t(strength === "ca" ? "byLock" : "byPassword")],
      ...(holder ? [
        [t("holder"), holder.name],
        [t("organisation"), holder.organisation !== holder.name && holder.organisation],
        [t("person"), holder.person !== holder.name && holder.person],
        [t("lockKind"), t(`holderKind_${holder.kind}`)],
        [t("unitCode"), holder.code],
        [t("issuer"), holder.issuer],
        [t("product"), product && say(product.title)],
        [t("serial"), holder.serial],
        [t("validUntil"), when(holder.notAfter)],
      ] : []),
      [t("since"), when(since, true)],
    ));
}

function rights({ capabilities = {}, strength, account }) {
  const why = strength !== "ca" ? "whyElectronicPassword" : "whyProduct";
  const lines = [
    account && ["rightBusiness", capabilities.business, capabilities.refused?.business === "LETTER_MISSING" ? "whyLetter" : "whyBusiness"],
    ["rightElectronic", capabilities.electronic, capabilities.bid ? "whyElectronicData" : why],
    ["rightSeal", capabilities.seal, why],
  ].filter(Boolean);
  return h("section.card", { "aria-labelledby": "rights-title" },
    h("h2", { id: "rights-title" }, t("rightsTitle")),
    h("ul.rights", null, lines.map(([key, may, reason]) =>
      h("li", null, badge(may ? "good" : "warn", t(may ? "yes" : "no")), h("span.line", null, t(key), !may && h("small", null, t(reason)))))));
}

/** What happened lately; a page that cannot be told goes without. */
async function lately() {
  const { events } = await get("/api/events").catch(() => ({ events: [] }));
  return h("section.card", { "aria-labelledby": "events-title", hidden: events.length === 0 },
    h("h2", { id: "events-title" }, t("eventsTitle")),
    h("ul.rights", null, events.slice(0, 6).map(({ at, words, by, reason }) =>
      h("li", null, h("span.line", null, say(words), reason && ` · ${reason}`, h("small", null, when(at, true), " · ", t(`eventBy_${by}`)))))));
}
