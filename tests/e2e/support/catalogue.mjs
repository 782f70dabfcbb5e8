// The sentences that the page must show, from the one catalogue.

import { readFileSync } from "node:fs";

const catalogue = JSON.parse(readFileSync(new URL("../../../www/messages.json", import.meta.url), "utf8"));

/** What a code says happened and what to do, `{n}` filled in. */
export function message(code, n = "", language = "zh") {
  const entry = (catalogue.codes[code] ?? catalogue.more.codes[code])?.[language];
  if (!entry) throw new Error(`www/messages.json has no ${language} for ${code}`);
  return { what: filled(entry.what, n), todo: filled(entry.todo, n) };
}

/** A word of the page. */
export function word(key, n = "", language = "zh") {
  const entry = catalogue.ui[key]?.[language];
  if (!entry) throw new Error(`www/messages.json has no ${language} for the word ${key}`);
  return filled(entry, n);
}

/** A word of the testers' desk; a dot leads into a group. */
export function deskWord(key, n = "", language = "zh") {
  const entry = key.split(".").reduce((group, name) => group?.[name], catalogue.panel);
  if (!entry) throw new Error(`www/messages.json has no ${key} in "panel"`);
  return filled(entry[language], n);
}

/** What diagnose() says: `key` is a code, or `CODE.variant`. */
export function diagnosis(key, n = "", language = "zh") {
  const entry = catalogue.diagnose.findings[key]?.[language] ?? message(key.split(".")[0], n, language);
  return { what: filled(entry.what, n), todo: filled(entry.todo, n) };
}

function filled(text, n) {
  return text.replaceAll("{n}", String(n));
}
