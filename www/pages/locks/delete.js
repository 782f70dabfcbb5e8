/** Unbinding a lock oneself (B15): asked once, signed by any lock of the account when the session is one of a lock. */
import { hint, post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { h } from "/site/dom.js";
import { Field } from "/site/form.js";
import { goTo } from "/site/frame.js";
import { keepDone } from "/site/notices.js";
import { signWithLock } from "/site/sign/sign.js";
import { t } from "/site/words.js";

/**
 * @param {object} data GET /api/bindings
 * @param {object} row the lock
 * @returns {Promise<object|undefined>} the portal's answer; undefined: given up, or logged out by it
 */
export async function deleteLock({ account, bindings, delete: rules }, row) {
  const send = (reason, signed) => post(`/api/bindings/${row.binding}/delete`, { ...(signed && { signed }), ...(reason && { reason }) });
  const question = {
    title: () => t("deleteTitle"),
    text: [
      h("p", null, h("b", null, row.holderName), " · ", h("span.number", null, row.lockNumber)),
      h("p", null, t("deleteLead")),
      row.current && h("p.notice.warn", null, t("deleteThis")),
      bindings.length === 1 && h("p.notice.warn", null, t("deleteLast")),
    ].filter(Boolean),
    fields: [new Field({ key: "reason", title: { zh: "原因", en: "Reason" }, check: "line" })],
    yes: () => t("delete"),
    danger: true,
  };
  const answer = await ask({ ...question, act: ({ reason }) => (rules.signed ? sign(reason) : send(reason)) });
  if (!answer?.loggedOut) return answer;
  hint(false);
  keepDone("loggedOutByUnbinding");
  goTo("/");
  return undefined;

  function sign(reason) {
    return signWithLock({
      purpose: "unbind", account: `${account}/${row.binding}`,
      title: () => t("deleteSignTitle"),
      about: [[t("deleteWhich"), `${row.holderName} · ${row.lockNumber}`]],
      guide: () => [t("deleteGuide"), t("chooseGuide")],
      refuse: ({ fingerprint }) => (bindings.some((one) => one.fingerprint === fingerprint) ? undefined : t("notOurs")),
      submit: (signed) => send(reason, signed),
    });
  }
}
