/**
 * The self-test's words and sentences, by language.
 * @module
 */
import { Finding } from "../diagnose/finding.js";
import { describe } from "../functions.js";
import all from "../messages.selftest.js";

/** @param {string} language @param {string} key @param {Record<string, string|number>} [values] fills `{n}` and the like */
export function word(language, key, values) {
  return filled(all[language].ui[key], values);
}

/**
 * What a code says, in the self-test's own words, or else in those of diagnose() and of errors.
 * @param {{code: string, variant?: string, values?: object|((language: string) => object), error?: Error}} outcome
 * @param {string} language
 * @returns {{text: string, advice: string}}
 */
export function sentences({ code, variant, values, error }, language) {
  const { findings } = all[language];
  const own = findings[`${code}.${variant}`] ?? findings[code];
  const filling = typeof values === "function" ? values(language) : values;
  if (own) return { text: filled(own[0], filling), advice: filled(own[1], filling) };
  if (!error) return new Finding(code, "note", { variant, fact: filling?.n }).in(language);
  const { what, todo } = describe(error, language);
  return { text: what, advice: todo };
}

function filled(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
