/**
 * The site's two languages.
 *
 * A page's texts stand in a file of its own (`register/texts.js`), what all pages say in `site/texts.js`: a key and
 * `["中文", "English"]`, with `{name}` for what is filled in. What a portal calls things comes from GET /api/portal as
 * `{zh, en}`; what a code means is said by the portal's answer and the module's catalogue, never here.
 *
 * Words are text nodes that change with the language, so that nothing that somebody typed is lost by it.
 */
import common from "/site/texts.js";

/** localStorage: which language was chosen here. */
const STORE = "site-language";

const texts = {};
/** What speaks, and how it is told to speak anew. Weak: what is gone from the page says nothing any more. */
let speaking = [];
let lang = "zh-CN";

/** Adds a page's texts, and says what stands in its file of HTML in the language that was chosen. */
export function speak(more) {
  for (const key of Object.keys(more)) if (key in texts) throw new Error(`the text ${key} stands twice`);
  Object.assign(texts, more);
  translate();
}

/** For `Intl`, `describe()` and `lang` attributes. */
export const language = () => lang;

/** A text as a string, for what is said once. */
export function w(key, values = {}) {
  const pair = texts[key];
  if (!pair) throw new Error(`no text ${key}`);
  return filled(pair[lang === "en" ? 1 : 0], values);
}

/** What is written `{zh, en}`, as a string. */
export const wordOf = (words) => (words ? (lang === "en" ? words.en || words.zh : words.zh) : "");

/** A text as a node that changes with the language. */
export const t = (key, values) => live(() => w(key, values));

/** What is written `{zh, en}`, as such a node. */
export const say = (words) => live(() => wordOf(words));

/** Any text that depends on the language, as such a node. */
export function live(text) {
  const node = document.createTextNode("");
  follow(node, (self) => { self.data = text(); });
  return node;
}

/** Tells an element what to do in each language, now and whenever it changes; `act` must not hold on to the element. */
export function follow(element, act) {
  speaking.push([new WeakRef(element), act]);
  act(element);
  return element;
}

/** An attribute that changes with the language. */
export const label = (element, attribute, key, values) =>
  follow(element, (self) => self.setAttribute(attribute, w(key, values)));

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "object" ? wordOf(value) : String(value);
  });
}

/** A date, with the time to the second where `time` says so (到期时间 is told so in the portals' lists). */
export function date(value, time = false) {
  if (!value) return "";
  const options = time ? { dateStyle: "medium", timeStyle: "medium" } : { dateStyle: "long" };
  return new Intl.DateTimeFormat(lang, options).format(new Date(value));
}

export const when = (value, time) => live(() => date(value, time));

/** The other language. */
export function switchLanguage() {
  set(lang === "en" ? "zh-CN" : "en");
  try {
    localStorage.setItem(STORE, lang);
  } catch {
    // It is forgotten with the page.
  }
}

function set(wanted) {
  lang = wanted;
  document.documentElement.lang = lang;
  translate();
}

function translate() {
  for (const element of document.querySelectorAll("[data-word]")) {
    if (element.dataset.word in texts) element.textContent = w(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-word-label]")) {
    if (element.dataset.wordLabel in texts) element.setAttribute("aria-label", w(element.dataset.wordLabel));
  }
  speaking = speaking.filter(([reference, act]) => {
    const element = reference.deref();
    if (element) act(element);
    return element;
  });
}

speak(common);
try {
  if (localStorage.getItem(STORE) === "en") set("en");
} catch {
  // A page without storage speaks Chinese first.
}
