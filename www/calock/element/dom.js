/**
 * Making elements without markup strings, so that a name from a certificate can only ever be text.
 * @module
 */

/**
 * @param {string} tag
 * @param {Record<string, unknown>|null} props attributes; `onclick` and the like become listeners
 * @param {...(Node|string|null|undefined|false|Array<Node|string>)} children
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * A button that takes a double click as one: the second click would land on what has come in its place.
 * @param {string} part
 * @param {string} label
 * @param {() => void} act
 */
export function button(part, label, act) {
  return h("button", { type: "button", part: `button ${part}`, class: part, onclick: (event) => event.detail > 1 || act() }, label);
}
