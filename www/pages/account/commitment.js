/** The letter of commitment (信用承诺书), signed by its digest before business is done. */
import { post } from "/site/api.js";
import { button, h, notice } from "/site/dom.js";
import { signWithLock } from "/site/sign/sign.js";
import { date, live, say, t, w, wordOf } from "/site/words.js";

export class Commitment {
  #portal;
  #ours;
  #update;
  #body = h("div");
  node;

  constructor(portal, ours, update) {
    this.#portal = portal;
    this.#ours = ours;
    this.#update = update;
    this.node = h("section.card", { id: "commitment", "aria-labelledby": "commitment-title", hidden: true },
      h("h2", { id: "commitment-title" }, t("commitmentTitle")), this.#body);
  }

  draw({ account, commitment }) {
    const { commitment: words } = this.#portal.registration;
    this.node.hidden = !commitment || !words;
    if (this.node.hidden) return;
    const { signedAt } = commitment;
    const ready = account.state === "valid";
    this.#body.replaceChildren(
      h("blockquote.letter", null, say(words)),
      signedAt
        ? notice("good", h("p", null, live(() => w("commitmentSigned", { time: date(signedAt, true) }))))
        : h("p.hint", null, t(ready ? "commitmentNeedsLock" : "commitmentLater")),
      !signedAt && ready ? h("div.actions", null, button(t("commitmentSign"), () => this.#sign(account, wordOf(words)), { kind: "primary" })) : "");
  }

  async #sign(account, text) {
    const answer = await signWithLock({
      purpose: "submit", account: account.account, formText: text,
      title: () => t("commitmentTitle"),
      about: [[t("signAccount"), account.name]],
      guide: () => [t("signMissing"), t("signGuide")],
      refuse: ({ fingerprint }) => (this.#ours.has(fingerprint) ? undefined : t("notOurs")),
      submit: (signed) => post("/api/account/commitment", { text, signed }),
    });
    if (answer) this.#update(answer);
  }
}
