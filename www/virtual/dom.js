/**
 * Elements without markup strings, and the words in them: what the chooser and the panel share.
 * @module
 */
import sentences from "./messages.js";

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `onclick` and the like become listeners; false, null and undefined are left out
 * @param {...(Node|string|null|undefined|false|Array<Node|string>)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A shadow root with one constructed sheet: pages forbid inline styles. Open, because there is nothing to guard in it. */
export function shadow(host, text) {
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  root.adoptedStyleSheets = [sheet];
  return root;
}

/** Chinese, or English where the nearest `lang` says so. */
export function languageAt(node) {
  return /^en\b/i.test(node.closest("[lang]")?.lang ?? "") ? "en" : "zh";
}

/**
 * The catalogue's words for virtual locks.
 * @param {"zh"|"en"} language
 * @returns {(key: string, n?: unknown) => string} a dot leads into a group; `n` fills `{n}`
 */
export function wordsIn(language) {
  return (key, n = "") => {
    const found = key.split(".").reduce((group, name) => group?.[name], sentences[language]);
    return typeof found === "string" ? found.replace("{n}", () => n) : key;
  };
}
