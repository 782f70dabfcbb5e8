/** The letter of commitment (信用承诺书), as the page of the basic data tells of it; it is sealed on a page of its own. */
import { h, notice } from "/site/dom.js";
import { date, live, say, t, w, wordOf } from "/site/words.js";

export class Letter {
  #body = h("div");
  #title = h("h2", { id: "letter-title" });
  node = h("section.card", { id: "letter", "aria-labelledby": "letter-title", hidden: true }, this.#title, this.#body);

  draw({ account, may, letter }) {
    this.node.hidden = !letter;
    if (!letter) return;
    const { title, needed, holds } = letter;
    this.#title.replaceChildren(say(title));
    const next = may.save ? "letterNext" : account.state === "valid" ? "letterChange" : "letterLater";
    this.#body.replaceChildren(
      holds
        ? notice("good",
            h("p", null, live(() => w("letterHolds", { time: date(holds.sealedAt, true) }))),
            h("p.actions", null, h("a", { href: holds.file, download: true }, live(() => w("letterDownload", { title: wordOf(title) })))))
        : notice("warn", h("p", null, t("letterMissing"))),
      needed && (!holds || may.save) ? h("p.hint", null, t(next)) : "");
  }
}
