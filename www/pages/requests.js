/** Requests that need no login (B16, A22, C19): asking for unbinding, how a request stands, and a renewal to be confirmed. */
import { get, sentence } from "/site/api.js";
import { button, find, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { frame } from "/site/frame.js";
import { takeNotice } from "/site/notices.js";
import { live, say, speak, t } from "/site/words.js";
import { newRequest } from "/requests/new.js";
import { requestCard } from "/requests/request.js";
import texts from "/requests/texts.js";

speak(texts);
const place = h("div.stack");
const page = await frame();
if (page) {
  const { unbinding } = page.portal;
  find("main").firstElementChild.append(
    takeNotice(),
    h("p.hint", null, t("canLogin")),
    unbinding.when ? notice("info", h("p", null, h("b", null, t("whenTitle")), " ", say(unbinding.when))) : "");
  find("main").append(place);
  const number = new URLSearchParams(location.search).get("number");
  if (number) await look(number).catch((error) => start(error));
  else start();
}

function start(error) {
  history.replaceState(null, "", "/requests");
  place.replaceChildren(lookUp(error), newRequest(page.portal, shown));
}

function lookUp(error) {
  const form = new Form([
    new Field({ key: "number", title: { zh: "申请编号", en: "Number" }, required: true, attributes: { placeholder: "XXXX-XXXX-XXXX", autocapitalize: "characters", spellcheck: "false" } }),
  ]);
  const go = h("button", null, t("look"));
  const ask = async (event) => {
    event.preventDefault();
    if (form.check()) await busy(go, () => look(form.values.number).catch((wrong) => form.refused(wrong)));
  };
  if (error) form.tell(live(() => sentence(error) ?? error.message), error.code);
  return h("section.card", { "aria-labelledby": "ask-title" },
    h("h2", { id: "ask-title" }, t("askTitle")), h("p.lead", null, t("askLead")),
    h("form", { novalidate: true, onsubmit: ask }, form.summary, h("div.fields", null, form.field("number").node), h("div.actions", null, go)));
}

async function look(number) {
  const { request } = await get(`/api/requests/${encodeURIComponent(number)}`);
  shown(request);
}

/** @param {object} request @param {boolean} [fresh] made just now: its number must be written down */
function shown(request, fresh) {
  // The number stays out of the address: it is a key, and addresses are kept.
  history.replaceState(null, "", "/requests");
  place.replaceChildren(
    requestCard(page, request, { fresh, changed: (now) => shown(now, fresh) }),
    h("p.actions", null, button(t("anotherRequest"), () => start())));
  place.querySelector("h2").focus();
}
