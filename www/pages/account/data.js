/** The form of the basic data. What a certificate proved and what was submitted is shown and not editable. */
import { get, post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { button, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { noticeBox } from "/site/notices.js";
import { signWithLock } from "/site/sign/sign.js";
import { t } from "/site/words.js";
import { rolesOf } from "/register/choices.js";

export class DataForm {
  #portal;
  #session;
  #ours;
  #update;
  #now;
  #form = new Form([]);
  #chosen = { roles: [] };
  #body = h("div");
  #said = h("div", { "aria-live": "polite" });
  node;

  /**
   * @param {object} portal its rules
   * @param {object} session
   * @param {Set<string>} ours fingerprints of the account's locks
   * @param {(data: object, said: string) => void} update what the portal answered, and the key of what to say
   */
  constructor(portal, session, ours, update) {
    this.#portal = portal;
    this.#session = session;
    this.#ours = ours;
    this.#update = update;
    this.node = h("section.card", { "aria-labelledby": "data-title" }, h("h2", { id: "data-title" }, t("dataTitle")), this.#body);
  }

  draw(now) {
    const unsaved = this.#unsaved;
    this.#now = now;
    this.#chosen.roles = [...now.roles];
    const fields = this.#portal.registration.fields
      .filter(({ only }) => !only || only === now.account.kind)
      .map((field) => this.#field(field, now));
    this.#form = new Form(fields);
    for (const [key, value] of unsaved) {
      const field = this.#form.field(key);
      if (field && !now.fixed.includes(key)) field.value = value;
    }
    const { may } = now;
    const editable = may.save;
    const acts = [
      // Enter in a field presses the first: it must not submit by accident.
      may.save && h("button", { value: "save" }, t("save")),
      may.submit && (now.letter?.needed ? h("button.primary", { value: "next" }, t("next")) : h("button.primary", { value: "submit" }, t("submit"))),
      may.change && (now.letter?.needed
        ? button(t("changeData"), () => this.#changeWithLetter(), { kind: "primary" })
        : button(t("change"), (event) => this.#ask("change", "changing", event.target), { kind: "primary" })),
      may.withdraw && button(t("withdraw"), (event) => this.#ask("withdraw", "withdrawn", event.target)),
    ].filter(Boolean);
    const { roles } = this.#portal.registration;
    this.#body.replaceChildren(
      editable ? h("p.lead", null, t("requiredNote")) : "",
      h("form", { novalidate: true, onsubmit: (event) => this.#sent(event) },
        this.#form.summary,
        roles.length > 0 && rolesOf(roles, this.#chosen, editable ? now.roles : roles.map(({ key }) => key)),
        h("div.fields.two", null, fields.map(({ node }) => node)),
        may.save && !may.submit && h("p.notice.info", null, t("applicationOpen"), " ", h("a", { href: "/records" }, t("toApplications"))),
        h("div.actions", null, acts)),
      this.#said);
  }

  #field(field, { account, data, fixed, may }) {
    const locked = fixed.includes(field.key);
    const proven = locked && may.save;
    const check = field.key === "code" && account.kind === "person" ? "person-id" : field.check;
    return new Field({ ...field, check, value: data[field.key] ?? "", fixed: locked && (() => (proven ? t("fromCertificate") : "")) });
  }

  /** What was typed and not saved: a file that is uploaded meanwhile must not lose it. */
  get #unsaved() {
    if (!this.#now) return [];
    const { data, fixed } = this.#now;
    return Object.entries(this.#form.values).filter(([key, value]) => !fixed.includes(key) && value !== (data[key] ?? ""));
  }

  get #formText() {
    const { fixed, version } = this.#now;
    const fields = Object.fromEntries(Object.entries(this.#form.values).filter(([key]) => !fixed.includes(key)));
    return { formText: JSON.stringify({ roles: this.#chosen.roles, fields }), version };
  }

  async #sent(event) {
    event.preventDefault();
    const { submitter } = event;
    const acts = { submit: () => this.#submit(), next: () => this.#next() };
    await busy(submitter, acts[submitter.value] ?? (() => this.#save()));
  }

  /** 下一步: what was typed is saved, and the letter of it is next. */
  async #next() {
    if (!this.#form.check()) return;
    this.#form.tell();
    try {
      const { missing } = await post("/api/account/save", this.#formText);
      if (missing.length === 0) return location.assign("/letter");
      // A file that lacks; fields were looked at.
      this.#update(await get("/api/account"));
      this.#said.replaceChildren(notice("bad", h("p", { role: "alert" }, t("attachFirst"))));
    } catch (error) {
      this.#form.refused(error);
    }
  }

  /** 修改信息: what comes of it is said first (确定). */
  async #changeWithLetter() {
    const answer = await ask({
      title: () => t("changeData"), text: [h("p", null, t("changeDataLead"))], yes: () => t("confirm"),
      act: () => post("/api/account/change"),
    });
    if (answer) this.#update(answer, "changingData");
  }

  async #save() {
    this.#form.tell();
    try {
      this.#update(await post("/api/account/save", this.#formText), "saved");
    } catch (error) {
      this.#form.refused(error);
    }
  }

  async #submit() {
    if (!this.#form.check()) return;
    const { formText, version } = this.#formText;
    const send = (signed) => post("/api/account/submit", { formText, version, signed });
    try {
      const answer = this.#session.strength === "ca" ? await this.#sign(formText, send) : await this.#confirm(send);
      if (!answer) return;
      this.#update(answer, "submitted");
      if (answer.notice) this.#said.replaceChildren(noticeBox(answer.notice));
    } catch (error) {
      this.#form.refused(error);
    }
  }

  #sign(formText, submit) {
    const { account } = this.#now;
    return signWithLock({
      purpose: "submit", account: account.account, formText, submit,
      title: () => t("signTitle"),
      about: [[t("signAccount"), account.name]],
      guide: () => [t("signMissing"), t("signGuide")],
      refuse: ({ fingerprint }) => (this.#ours.has(fingerprint) ? undefined : t("notOurs")),
    });
  }

  #confirm(send) {
    const paper = this.#portal.submissions.paperOnlyByPassword;
    return ask({
      title: () => t("submitTitle"),
      text: [h("p", null, t("submitLead")), ...(paper ? [h("p.notice.warn", null, t("submitByPassword"))] : [])],
      yes: () => t("submit"),
      act: () => send(null),
    });
  }

  #ask(call, said, control) {
    return busy(control, async () => {
      try {
        this.#update(await post(`/api/account/${call}`), said);
      } catch (error) {
        this.#form.refused(error);
      }
    });
  }
}
