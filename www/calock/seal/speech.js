/**
 * What the element says, in a language that can change while a document is open: what was typed, placed and found stays.
 * @module
 */
import { languageOf, learn, learnMore } from "../catalogue.js";
import { Words } from "../element/language.js";
import zh from "../messages.seal.js";

export class Speech {
  /** The catalogue's words that all elements share. @type {Words} */
  words;
  #texts = { zh };
  #more = [];
  #tellers = [];

  /** A text with its values filled in, in the language of now. */
  w = (key, values = {}) => this.#texts[this.words.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

  /** Speaks a language from now on. @param {string} lang */
  async speak(lang) {
    const language = languageOf(lang);
    await Promise.all([learn(language), learnMore(), language === "en" && this.#learnEnglish()]);
    this.words = new Words(this.#texts[language] ? language : "zh");
    for (const tell of this.#tellers) tell();
  }

  /** Adds texts, by language. */
  teach(more) {
    this.#more.push(more);
    for (const [language, texts] of Object.entries(this.#texts)) this.#texts[language] = { ...texts, ...more[language] };
  }

  /** Never fails: without the network the element goes on in Chinese. */
  async #learnEnglish() {
    const english = await import("../messages.seal.en.js").catch(() => undefined);
    if (english && !this.#texts.en) this.#texts.en = Object.assign({}, english.default, ...this.#more.map(({ en }) => en));
  }

  /** Calls `tell` now and whenever the language changes. For what lives as long as the element. */
  follow(tell) {
    this.#tellers.push(tell);
    tell();
  }

  /** A text as a node that changes with the language. */
  text(key) {
    const node = new Text();
    this.follow(() => { node.data = this.w(key); });
    return node;
  }

  /** An element whose name changes with the language. */
  named(element, key) {
    this.follow(() => element.setAttribute("aria-label", this.w(key)));
    return element;
  }
}
