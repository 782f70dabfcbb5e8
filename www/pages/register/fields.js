/** The fields of the registration: the portal's own, the login name, the password twice. */
import { get } from "/site/api.js";
import { Field } from "/site/form.js";
import { say, t } from "/site/words.js";

/** What is asked at once, of this kind of user, in this way. */
export function typedFields(fields, { by, kind }, kept) {
  return fields
    .filter(({ first, only, from }) => first && (!only || only === kind) && (by === "password" || from === "typed"))
    .map((field) => {
      const id = `${kind}.${field.key}`;
      if (!kept.has(id)) kept.set(id, made(field, kind));
      return kept.get(id);
    });
}

function made(field, kind) {
  // A person's code is an id number.
  const check = field.key === "code" && kind === "person" ? "person-id" : field.check;
  return new Field({ ...field, check, ask: asked(field.key, kind) });
}

/** What the portal says of names and codes as soon as they are typed (检测主体名称, D03). */
function asked(key, kind) {
  const good = { name: "nameFree", code: "codeFree", loginName: "loginNameFree" }[key];
  if (!good) return undefined;
  return async (value) => {
    const found = await get(`/api/register/check?kind=${kind}&${key}=${encodeURIComponent(value)}`);
    if (!found.free) return { bad: () => say(found.message) };
    // The warning about check digits was given already, and is the one to be read.
    return found.warning ? {} : { good: () => t(good) };
  };
}

export const loginNameField = () =>
  new Field({
    key: "loginName", title: { zh: "登录用户名", en: "Login name" }, required: true, hint: () => t("loginNameHint"),
    rule: (value) => (/^[\x21-\x7e]{6,15}$/.test(value) ? {} : { bad: () => t("loginNameShape") }),
    ask: asked("loginName", "unit"),
  });

/**
 * A new password and the same again.
 * @param {{length: [number, number], mixed: boolean}} rules
 * @param {() => boolean} [optional]
 * @returns {[Field, Field]}
 */
export function passwordFields({ length: [least, most], mixed }, optional = () => false) {
  const rule = (value) => {
    if (value.length < least || value.length > most) return { bad: () => t("passwordShort", { least, most }) };
    if (mixed && !(/\d/.test(value) && /\p{L}/u.test(value))) return { bad: () => t("passwordPlain") };
    return {};
  };
  const attributes = { autocomplete: "new-password" };
  const first = new Field({
    key: "password", title: { zh: "密码", en: "Password" }, kind: "password", required: () => !optional(), rule, attributes,
    hint: () => joined(t("passwordRule", { least, most }), mixed && t("passwordMixed")),
  });
  const second = new Field({
    key: "repeat", title: { zh: "确认密码", en: "Password again" }, kind: "password", required: () => Boolean(first.value), attributes,
    rule: (value) => (value === first.value ? {} : { bad: () => t("passwordsDiffer") }),
  });
  return [first, second];
}

function joined(...nodes) {
  const span = document.createElement("span");
  span.append(...nodes.filter(Boolean));
  return span;
}
