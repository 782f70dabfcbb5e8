/** CA证书激活 (C18): the unit's session stays, its lock is pulled out, the person's lock signs. */
import { post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { h } from "/site/dom.js";
import { Field } from "/site/form.js";
import { signWithLock } from "/site/sign/sign.js";
import { t } from "/site/words.js";

/** @returns {Promise<object|undefined>} the portal's answer; undefined: given up */
export function activate({ account, holder }, { staff, name }) {
  const sign = ({ contact }) => signWithLock({
    purpose: "activate", account: `${account.account}/${staff}`,
    title: () => t("activateSign"),
    about: [[t("person"), name]],
    guide: () => [t("activateGuide1"), t("activateGuide2", { name }), t("activateGuide3")],
    refuse: ({ fingerprint }) => (fingerprint === holder?.fingerprint ? t("unitLock") : undefined),
    submit: (signed) => post(`/api/staff/${staff}/activate`, { signed, contact }),
  });
  return ask({
    title: () => t("activateTitle", { name }),
    text: [h("p", null, t("activateLead"))],
    fields: [new Field({ key: "contact", title: { zh: "联系方式（手机或邮箱）", en: "Contact (telephone or mail)" }, required: true })],
    yes: () => t("readPersonal"),
    act: sign,
  });
}
