/**
 * The findings on a page: the answer, what was looked at, and a text to copy.
 * @module
 */
import look from "../diagnose.css.js";
import { h } from "../element/dom.js";
import { Words } from "../element/language.js";
import { copyable } from "../element/problem.js";
import { styles } from "../element/styles.js";
import { word } from "./finding.js";

export class Panel {
  #language;
  #root;
  #status;

  /**
   * @param {Element} place where it is shown; a panel that is there already is replaced
   * @param {string} language
   */
  constructor(place, language) {
    this.#language = language;
    place.querySelector("calock-findings")?.remove();
    const host = h("calock-findings", { lang: language === "zh" ? "zh-CN" : language });
    // Open: there is nothing to guard in it.
    this.#root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(look);
    this.#root.adoptedStyleSheets = [styles(), sheet];
    this.#status = h("p", { role: "status", class: "status" }, word(language, "looking"));
    this.#root.append(this.#status);
    place.append(host);
  }

  /** @param {object} result what diagnose() ends with */
  show({ ok, text: sentence, advice, findings, report }) {
    const say = (key) => word(this.#language, key);
    const title = h("h2", { tabindex: "-1" }, sentence);
    const rows = findings.map(({ level, text: what, advice: todo }) =>
      h("li", { class: `is-${level}` }, h("b", null, say(level)), h("span", null, what, level !== "ok" && todo && h("small", null, todo))),
    );
    this.#status.classList.add("hidden");
    this.#status.textContent = say("looked");
    this.#root.append(
      h("section", { class: ok ? "answer well" : "answer", "aria-label": say("answer") }, title, advice && h("p", null, advice)),
      h("h3", null, say("checked")),
      h("ul", null, rows),
      copyable(report, new Words(this.#language), say("report")),
    );
    title.focus({ preventScroll: true });
    title.scrollIntoView({ block: "nearest" });
  }
}
