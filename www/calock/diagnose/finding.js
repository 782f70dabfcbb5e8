/**
 * One thing that was looked at, and its sentences.
 * @module
 */
import { CalockError, describe } from "../functions.js";
import sentences from "../messages.diagnose.js";

export class Finding {
  /**
   * @param {string} code a code of errors, or one of diagnose()'s own
   * @param {"ok"|"problem"|"note"} level
   * @param {{variant?: string, fact?: string|{zh: string, en: string}}} [more] `variant`: which of the code's sentences; `fact`: fills `{n}`, by language
   *   where it is not the same in each
   */
  constructor(code, level, { variant, fact } = {}) {
    this.code = code;
    this.level = level;
    this.variant = variant;
    this.fact = fact;
  }

  /** As a page gets it: in one language. */
  in(language) {
    const { findings } = sentences[language];
    const own = findings[`${this.code}.${this.variant}`] ?? findings[this.code];
    const { what, todo } = describe(new CalockError(this.code), language);
    const [text, advice] = own ?? [what, todo];
    const filled = text.replace("{n}", () => this.fact?.[language] ?? this.fact ?? "");
    return { code: this.code, level: this.level, ...(this.variant && { variant: this.variant }), text: filled, advice };
  }
}

export const ok = (code, more) => new Finding(code, "ok", more);
export const problem = (code, more) => new Finding(code, "problem", more);
export const note = (code, more) => new Finding(code, "note", more);

/** Words of the panel and the report. */
export function word(language, key) {
  return sentences[language].ui[key];
}
