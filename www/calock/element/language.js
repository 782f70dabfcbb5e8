/**
 * Which language an element speaks, and its words.
 * @module
 */
import { languageOf, sentences } from "../catalogue.js";

/** The `lang` of the nearest element that has one, also across shadow roots; Chinese when none has. */
export function langOf(element) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest("[lang]");
    if (found) return found.lang;
  }
  return "zh-CN";
}

/** The catalogue's words in one language; Chinese as long as the wanted one is not there. */
export class Words {
  /** @param {string} lang */
  constructor(lang) {
    const wanted = languageOf(lang);
    this.language = sentences(wanted) ? wanted : "zh";
    /** For `Intl` and `describe()`. */
    this.lang = this.language === "en" ? "en" : "zh-CN";
    this.#sentences = sentences(this.language);
  }

  #sentences;

  /**
   * @param {string} key
   * @param {number|string} [n] fills `{n}`
   */
  ui(key, n) {
    return this.of("ui", key).replace("{n}", () => n ?? "");
  }

  /** A word of another part of the catalogue: "steps", "stages", "kinds", "identities", "purposes". */
  of(part, key) {
    return this.#sentences[part][key] ?? "";
  }

  /** @param {string} time RFC 3339 */
  date(time) {
    return new Intl.DateTimeFormat(this.lang, { dateStyle: "long" }).format(new Date(time));
  }
}
