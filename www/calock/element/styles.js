/**
 * The element's own look. Constructed, because pages forbid inline styles; every colour can be set from outside.
 * @module
 */
import text from "./login.css.js";

let sheet;

/** One sheet for all elements of the page; made at first use, so that a server can import this file. */
export function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
  }
  return sheet;
}
