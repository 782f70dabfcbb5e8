/** One of few, and some of few. */
import { h } from "/site/dom.js";
import { say, t } from "/site/words.js";

/** Nothing where there is no choice. */
export function choices(name, title, keys, words, chosen, change) {
  if (keys.length < 2) return null;
  const options = keys.map((key) => {
    const input = h("input", { type: "radio", name, value: key, checked: key === chosen, onchange: () => change(key) });
    const [label, note] = words[key];
    return h("label.choice", null, input, h("span.line", null, h("strong", null, t(label)), note && h("small", null, t(note))));
  });
  return h("fieldset.ways", null, h("legend", null, t(title)), options);
}

/** @param {{key: string, title: object}[]} roles @param {{roles: string[]}} chosen is changed */
export function rolesOf(roles, chosen, locked = []) {
  const boxes = roles.map(({ key, title }) => {
    const change = () => { chosen.roles = input.checked ? [...chosen.roles, key] : chosen.roles.filter((role) => role !== key); };
    const input = h("input", { type: "checkbox", id: `role-${key}`, checked: chosen.roles.includes(key), disabled: locked.includes(key), onchange: change });
    return h("p.check", null, input, h("label", { for: `role-${key}` }, say(title)));
  });
  return h("fieldset", null, h("legend", null, t("rolesTitle")), h("p.hint", null, t("rolesNote")), h("div.options", null, boxes));
}
