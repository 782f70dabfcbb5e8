/**
 * Which language an element speaks, and its words.
 * @module
 */
import { languageOf } from "../errors.js";
import messages from "../messages.js";

/** The `lang` of the nearest element that has one, also across shadow roots; Chinese when none has. */
export function langOf(element) {
  for (let at = element; at; at = at.getRootNode().host) {
    const found = at.closest("[lang]");
    if (found) return found.lang;
  }
  return "zh-CN";
}

/** The catalogue's words in one language. */
export class Words {
  /** @param {string} lang */
  constructor(lang) {
    this.lang = lang || "zh-CN";
    this.language = languageOf(this.lang);
  }

  /**
   * @param {string} key
   * @param {number|string} [n] fills `{n}`
   */
  ui(key, n) {
    return this.of("ui", key).replace("{n}", () => n ?? "");
  }

  /** A word of another part of the catalogue: "steps", "stages", "kinds", "identities", "purposes". */
  of(part, key) {
    return messages[part][key]?.[this.language] ?? "";
  }

  /** @param {string} time RFC 3339 */
  date(time) {
    const tag = this.language === "en" ? "en" : "zh-CN";
    return new Intl.DateTimeFormat(tag, { dateStyle: "long" }).format(new Date(time));
  }
}
