/** The form for account and password. */
import { post } from "/site/api.js";
import { h } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { t } from "/site/words.js";

/**
 * @param {object} portal its rules
 * @param {(answer: object) => void} entered
 * @returns {Node[]}
 */
export function accountForm(portal, entered) {
  const { password } = portal;
  const form = new Form([
    new Field({
      key: "name", title: { zh: "账号", en: "Account" }, required: true, attributes: { autocomplete: "username" },
      hint: () => t(password.name === "chosen" ? "nameChosen" : "nameRegistered"),
    }),
    new Field({ key: "password", title: { zh: "密码", en: "Password" }, required: true, kind: "password", attributes: { autocomplete: "current-password" } }),
  ]);
  const enter = h("button.primary", null, t("login"));
  const element = h("form", { novalidate: true },
    form.summary,
    h("div.fields", null, form.fields.map(({ node }) => node)),
    h("div.actions", null, enter));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.check()) return;
    busy(enter, async () => {
      try {
        entered(await post("/api/password-login", form.values));
      } catch (error) {
        refused(form, error);
      }
    });
  });
  return [
    element,
    ...(password.onceBound ? [] : [h("p.hint", null, t("onceBound"))]),
    h("p.hint", null, t("forgot"), " ", h("a", { href: "/requests" }, t("forgotLink"))),
  ];
}

/** The name stays, the password is typed again. */
function refused(form, error) {
  form.refused(error);
  const left = error.fields?.left;
  if (left !== undefined) form.summary.append(h("p", null, left > 0 ? t("leftTries", { n: left }) : t("nowLocked")));
  const field = form.field("password");
  field.value = "";
  if (error.code === "PASSWORD_WRONG") field.input.focus();
}
