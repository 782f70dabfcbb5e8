/**
 * The catalogue's sentences: Chinese always, English once a page has asked for it.
 * @module
 */
import zh from "./messages.zh.js";

const catalogues = { zh };
let fetching;

/** @param {string} lang a BCP 47 tag @returns {"zh"|"en"} */
export function languageOf(lang) {
  return /^en\b/i.test(lang) ? "en" : "zh";
}

/**
 * The sentences in a language; undefined when they are not there yet.
 * @param {string} language
 */
export function sentences(language) {
  return catalogues[language];
}

/** Adds a language that was loaded in another way. */
export function teach(language, catalogue) {
  catalogues[language] = catalogue;
}

/**
 * Fetches a language. Never fails: without the network a page goes on in Chinese.
 * @param {string} language
 * @returns {Promise<boolean>} whether it is there
 */
export async function learn(language) {
  if (catalogues[language]) return true;
  fetching ??= import("./messages.en.js").then(
    (module) => teach("en", module.default),
    () => { fetching = undefined; },
  );
  await fetching;
  return Boolean(catalogues[language]);
}
