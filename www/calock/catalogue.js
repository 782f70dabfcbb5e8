/**
 * The catalogue's sentences: in Chinese those of a login always; English, and what few logins need, once asked for.
 * @module
 */
import zh from "./messages.zh.js";

const catalogues = { zh };
/** The files that come later; their names in full, so that who reads this script finds them. */
const later = {
  en: () => import("./messages.en.js"),
  "zh+": () => import("./messages.more.zh.js"),
  "en+": () => import("./messages.more.en.js"),
};
const fetching = {};

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

/** Adds sentences, those of a login before any more. */
export function teach(language, { codes, ...groups }) {
  const known = (catalogues[language] ??= { codes: {} });
  Object.assign(known.codes, codes);
  Object.assign(known, groups);
}

/**
 * Fetches a language. Never fails: without the network a page goes on in Chinese.
 * @param {string} language
 * @returns {Promise<boolean>} whether it is there
 */
export async function learn(language) {
  if (!catalogues[language]) await fetched(language, language);
  if (fetching["zh+"]) await learnMore();
  return Boolean(catalogues[language]);
}

/** Fetches what few logins need (group "more" of www/messages.json), in the languages that are there. Never fails. */
export function learnMore() {
  return Promise.all(Object.keys(catalogues).map((language) => fetched(`${language}+`, language)));
}

function fetched(file, language) {
  return (fetching[file] ??= later[file]().then(
    (module) => teach(language, module.default),
    () => { fetching[file] = undefined; },
  ));
}
