/** The code that was sent, where a portal wants one before an account is used (账号激活). */
import { post } from "/site/api.js";
import { find, h } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { t } from "/site/words.js";

/** @param {{account: string, sentTo: string, code: string|null}} wanted takes the place of the page */
export function activation({ account, sentTo, code }) {
  const form = new Form([
    new Field({
      key: "code", title: { zh: "激活码", en: "Code" }, required: true, attributes: { inputmode: "numeric", autocomplete: "one-time-code" },
    }),
  ]);
  const go = h("button.primary", null, t("activate"));
  const send = async (event) => {
    event.preventDefault();
    if (!form.check()) return;
    await busy(go, async () => {
      try {
        await post("/api/register/activate", { account, code: form.values.code });
        shown("activated", h("p.lead", null, t("activatedLead")), h("p.actions", null, h("a.button", { href: "/" }, t("toLogin"))));
      } catch (error) {
        form.refused(error);
      }
    });
  };
  shown("activateTitle",
    h("p.lead", null, t("activateLead", { to: sentTo })),
    code && h("p.notice.info", null, t("activateDemo", { code })),
    h("form", { novalidate: true, onsubmit: send }, form.summary, h("div.fields", null, form.field("code").node), h("div.actions", null, go)));
  form.field("code").input.focus();
}

function shown(title, ...content) {
  const heading = h("h1", { id: "title", tabindex: "-1" }, t(title));
  find("main").replaceChildren(h("section.card.narrow", { "aria-labelledby": "title" }, heading, ...content.filter(Boolean)));
  heading.focus();
}
