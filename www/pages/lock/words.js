/** The page's words in its two languages, from the catalogue. */
import { words } from "/calock/api-tools.js";

const button = document.querySelector("#language");
const listeners = [];
let lang = "zh-CN";

export const find = (id) => document.getElementById(id);
export const language = () => lang;

/** A word of the catalogue; `n` fills `{n}`. */
export function w(key, n) {
  const word = words(lang)[key];
  if (word === undefined) throw new Error(`no word ${key}`);
  return word.replace("{n}", () => n ?? "");
}

/** Is called when the language has changed. */
export function onLanguage(listener) {
  listeners.push(listener);
}

/** @param {string} tag @param {Record<string, string>} [attributes] @param {...(Node|string)} children */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

/** A term and what it stands for; nothing for nothing. */
export function fact(key, value) {
  return value === undefined || value === null || value === "" ? [] : [make("dt", {}, w(key)), make("dd", {}, value)];
}

export function date(time) {
  return new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(new Date(time));
}

function translate() {
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = w(element.dataset.word);
  for (const element of document.querySelectorAll("[data-word-label]")) element.setAttribute("aria-label", w(element.dataset.wordLabel));
}

button.addEventListener("click", () => {
  const english = lang !== "en";
  lang = english ? "en" : "zh-CN";
  find("lock").lang = lang;
  button.lang = english ? "zh-CN" : "en";
  button.textContent = english ? "中文" : "English";
  translate();
  for (const listener of listeners) listener();
});
