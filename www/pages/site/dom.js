/** Making elements without markup strings: a name from a certificate can only ever be text. */

/**
 * @param {string} tag `"p.hint"` is a `p` of class "hint"
 * @param {Record<string, unknown>|null} [attributes] `onclick` and the like become listeners; false and undefined are left out
 * @param {...(Node|string|number|null|undefined|false|Array)} children
 */
export function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

export const find = (id) => document.getElementById(id);

/** A button that takes a double click as one: the second would land on what has come in its place. */
export function button(text, act, more = {}) {
  const { kind, ...attributes } = more;
  return h(kind ? `button.${kind}` : "button", { type: "button", ...attributes, onclick: (event) => event.detail > 1 || act(event) }, text);
}

/** Terms and what they stand for; pairs without a value are left out. */
export function facts(...pairs) {
  const given = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return h("dl.facts", null, given.map(([term, ...value]) => [h("dt", null, term), h("dd", null, ...value)]));
}

/** Something that needs to be noticed: `kind` is "info", "good", "warn" or "bad". */
export function notice(kind, ...children) {
  return h(`div.notice.${kind}`, null, ...children);
}

/** A state as a small badge. */
export const badge = (kind, ...children) => h(`span.badge.${kind}`, null, ...children);
