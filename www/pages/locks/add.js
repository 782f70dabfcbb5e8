/**
 * Adding a lock: read it (获取锁信息), look at it, have it sign. The session stays with the lock it came from; the page says
 * which one to plug in, and notices when the wrong one is.
 */
import { post } from "/site/api.js";
import { button, h } from "/site/dom.js";
import { Field } from "/site/form.js";
import { holderName } from "/site/sign/certificate.js";
import { readFromLock, signWithLock } from "/site/sign/sign.js";
import { t, date } from "/site/words.js";

const REASONS = { "one-lock": "add_oneLock", "main-session": "add_mainSession", "account-state": "add_accountState" };

/** 锁号 as the portal counts it. */
const lockNumber = ({ fingerprint }) => fingerprint.slice(0, 8).toUpperCase();

export class AddLock {
  #portal;
  #session;
  #done;
  #data;
  #body = h("div");
  #info = h("div", { "aria-live": "polite" });
  node;

  /**
   * @param {object} portal its rules
   * @param {object} session
   * @param {(answer: object) => Promise<void>} done a lock was added
   */
  constructor(portal, session, done) {
    this.#portal = portal;
    this.#session = session;
    this.#done = done;
    this.node = h("section.card", { "aria-labelledby": "add-title" }, h("h2", { id: "add-title" }, t("addTitle")), this.#body);
  }

  draw(data) {
    this.#data = data;
    this.#info.replaceChildren();
    const { may, role, reason } = data.add;
    if (!may) {
      this.#body.replaceChildren(h("p.lead", null, t(REASONS[reason] ?? "add_accountState")));
      return;
    }
    const swap = this.#session.strength === "ca" && data.bindings.some(({ current }) => current);
    const guide = swap ? ["guideSwap1", "guideSwap2", "guideSwap3", "guideSwap4"] : ["guideMain1", "guideMain2", "guideMain3"];
    this.#body.replaceChildren(
      h("p.lead", null, t("addRole"), h("b", null, t(role === "secondary" ? "addSecondary" : "addMain"))),
      this.#portal.binding.how === "at-first-login" ? h("p.hint", null, t("add_automatic")) : "",
      h("ol.guide", null, guide.map((key) => h("li", null, t(key)))),
      this.#info,
      h("div.actions", null, button(t("readLock"), () => this.#read(), { kind: "primary" })));
  }

  /** A lock that is bound already is in nobody's way: the dialog says to change it. */
  #refuse = ({ fingerprint }) =>
    (this.#data.bindings.some((row) => row.fingerprint === fingerprint) ? t("alreadyBound") : undefined);

  async #read() {
    const guide = () => [this.#data.bindings.length ? t("swapGuide1") : null, t("swapGuideAny"), t("chooseGuide")].filter(Boolean);
    const info = await readFromLock({ title: () => t("readLockTitle"), guide, refuse: this.#refuse });
    if (info) this.#show(info);
  }

  #show(info) {
    const fixed = () => t("fromCertificate");
    const field = (key, title, value) => new Field({ key, title, value, fixed }).node;
    const bind = button(t("bind"), () => this.#bind(info), { kind: "primary" });
    this.#info.replaceChildren(
      h("div.fields.two", null,
        field("lock-number", { zh: "锁号", en: "Lock number" }, lockNumber(info)),
        field("lock-serial", { zh: "序列号", en: "Serial number" }, info.serial),
        field("lock-holder", { zh: "持有人", en: "Holder" }, holderName(info)),
        field("lock-until", { zh: "到期时间", en: "Expires" }, date(info.notAfter, true))),
      h("div.actions", null, bind));
    bind.focus();
  }

  async #bind(info) {
    const { name, account } = this.#session.account;
    const answer = await signWithLock({
      purpose: "bind", account,
      title: () => t("bindTitle"),
      about: [[t("bindTo"), name], [t("lockNumber"), lockNumber(info)]],
      guide: () => [t("swapGuide2", { name: holderName(info), number: lockNumber(info) }), t("chooseGuide")],
      refuse: (other) => this.#refuse(other) ?? (other.fingerprint === info.fingerprint ? undefined : t("notTheRead")),
      submit: (signed) => post("/api/bindings", { signed }),
    });
    if (answer) await this.#done(answer);
  }
}
