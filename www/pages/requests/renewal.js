/** A lock's certificate was renewed: the account's password, or the old lock, confirms that the new one takes its place. */
import { post } from "/site/api.js";
import { button, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { goTo } from "/site/frame.js";
import { keepDone, renewalAccount } from "/site/notices.js";
import { signWithLock } from "/site/sign/sign.js";
import { t } from "/site/words.js";

/** @param {{portal: object, session: object|null}} page @param {object} request */
export function renewal({ portal, session }, { number, state, ways }) {
  if (state !== "waiting") return null;
  const account = renewalAccount(number);
  const may = (way) => session && ways.includes(way);
  if (!may("password") && !may("old-lock")) return notice("info", h("p", null, t("renewalWait")));
  const keep = h("input", { type: "checkbox", id: "keep" });
  const confirm = (body) => post(`/api/requests/${number}/confirm`, { ...body, keep: keep.checked });
  return h("div", null,
    h("p.lead", null, t("renewalLead")),
    portal.binding.several && h("p.check", null, keep, h("label", { for: "keep" }, t("keepOldLock"))),
    may("password") && byPassword(confirm),
    may("old-lock") && account && h("div", null,
      h("h3.label", null, t("byOldLock")), h("p.lead", null, t("byOldLockLead")),
      h("div.actions", null, button(t("byOldLock"), () => byOldLock(account, session, confirm)))));
}

function byPassword(confirm) {
  const form = new Form([
    new Field({ key: "password", title: { zh: "账号密码", en: "Password of the account" }, required: true, kind: "password", attributes: { autocomplete: "current-password" } }),
  ]);
  const go = h("button.primary", null, t("confirmRenewal"));
  const send = async (event) => {
    event.preventDefault();
    if (!form.check()) return;
    await busy(go, () => confirm(form.values).then(renewed, (error) => form.refused(error)));
  };
  return h("form", { novalidate: true, onsubmit: send },
    h("h3.label", null, t("renewByPassword")), form.summary,
    h("div.fields", null, form.field("password").node), h("div.actions", null, go));
}

async function byOldLock(account, { holder }, confirm) {
  const answer = await signWithLock({
    purpose: "bind", account,
    title: () => t("oldLockTitle"),
    guide: () => [t("oldGuide1"), t("oldGuide2")],
    refuse: ({ fingerprint }) => (fingerprint === holder?.fingerprint ? t("newLock") : undefined),
    submit: (signed) => confirm({ signed }),
  });
  if (answer) renewed(answer);
}

function renewed({ next }) {
  keepDone("lockRenewed");
  goTo(next);
}
