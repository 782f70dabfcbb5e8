/** Registering, by certificate or by password; what is asked comes from the portal's rules. */
import { hint, post } from "/site/api.js";
import { find, h } from "/site/dom.js";
import { Form, busy } from "/site/form.js";
import { frame, goTo } from "/site/frame.js";
import { keepDone } from "/site/notices.js";
import { say, speak, t } from "/site/words.js";
import { signWithLock } from "/site/sign/sign.js";
import { activation } from "/register/activation.js";
import { CertificatePart } from "/register/certificate.js";
import { choices, rolesOf } from "/register/choices.js";
import { loginNameField, passwordFields, typedFields } from "/register/fields.js";
import { registered } from "/register/registered.js";
import texts from "/register/texts.js";

class Registration {
  #rules;
  #chosen;
  /** The fields live as long as the page: changing one's mind loses nothing that was typed. */
  #typed = new Map();
  #certificate = new CertificatePart(() => this.#chosen.kind);
  #secret;
  #loginName;
  #optional;
  #form;
  #place = h("div.stack");

  constructor({ registration, binding, password }) {
    this.#rules = registration;
    this.#chosen = { by: registration.by[0], kind: registration.kinds[0], roles: [] };
    // Where the first login binds the lock, a lock is all that is needed.
    this.#optional = () => binding.how === "at-first-login" && this.#byLock;
    this.#secret = passwordFields(password, this.#optional);
    this.#loginName = password.name === "chosen" && loginNameField();
  }

  get #byLock() {
    return this.#chosen.by === "certificate";
  }

  draw() {
    const { tips = [], place, syncMinutes, by, kinds } = this.#rules;
    const ways = { certificate: ["registerByCertificate", "registerByCertificateNote"], password: ["registerByPassword", "registerByPasswordNote"] };
    find("main").firstElementChild.append(...[
      tips.length > 0 && h("ul.notice.info", null, tips.map((tip) => h("li", null, say(tip)))),
      place === "province" && h("p.notice.info", null, t("province", { n: syncMinutes })),
      choices("by", "byTitle", by, ways, this.#chosen.by, (value) => this.#change({ by: value })),
      choices("kind", "kindTitle", kinds, { unit: ["kindUnit"], person: ["kindPerson"] }, this.#chosen.kind, (value) => this.#change({ kind: value })),
      h("p.hint", null, t("have"), " ", h("a", { href: "/" }, t("toLogin"))),
    ].filter(Boolean));
    find("main").append(this.#place);
    this.#show();
  }

  #change(what) {
    Object.assign(this.#chosen, what);
    if (what.kind) this.#certificate.clear();
    this.#show();
  }

  #show() {
    const fields = typedFields(this.#rules.fields, this.#chosen, this.#typed);
    if (this.#loginName) fields.push(this.#loginName);
    this.#form = new Form([...fields, ...this.#secret]);
    const go = h("button.primary", null, t("registerNowButton"));
    const send = (event) => {
      event.preventDefault();
      busy(go, () => this.#send());
    };
    this.#place.replaceChildren(h("form", { novalidate: true, onsubmit: send },
      this.#byLock && this.#certificate.node,
      h("section.card", { "aria-labelledby": "data-title" },
        h("h2", { id: "data-title" }, t("dataTitle")),
        this.#form.summary,
        this.#rules.roles.length > 0 && rolesOf(this.#rules.roles, this.#chosen),
        h("div.fields.two", null, fields.map(({ node }) => node)),
        h("fieldset", null,
          h("legend", null, t("passwordTitle")),
          h("p.hint", null, t("passwordNote"), " ", this.#optional() && t("passwordOptional")),
          h("div.fields.two", null, this.#secret.map(({ node }) => node))),
        h("div.actions", null, go))));
  }

  async #send() {
    if (this.#byLock && !this.#certificate.info) return this.#certificate.complain();
    if (!this.#form.check()) return undefined;
    const { password, repeat: _, loginName, ...typed } = this.#form.values;
    const { kind, roles } = this.#chosen;
    const fields = Object.fromEntries(Object.entries(typed).filter(([, value]) => value));
    const formText = JSON.stringify({ kind, roles, fields, ...(loginName && { loginName }) });
    try {
      const answer = await (this.#byLock ? this.#sign(formText, password) : post("/api/register", { by: "password", formText, password }));
      return answer && done(answer);
    } catch (error) {
      this.#form.refused(error);
      if (error.code === "CODE_REGISTERED") this.#form.summary.append(registered(error.fields));
      return undefined;
    }
  }

  #sign(formText, password) {
    const { info, name } = this.#certificate;
    return signWithLock({
      purpose: "register",
      formText,
      title: () => t("signTitle"),
      about: [[t("signWho"), name]],
      guide: () => [t("plugTheSame", { name }), t("pressChoose")],
      refuse: ({ fingerprint }) => (fingerprint === info.fingerprint ? undefined : t("notTheSameLock")),
      submit: (signed) => post("/api/register", { by: "certificate", formText, signed, ...(password && { password }) }),
    });
  }
}

function done({ activation: wanted, next }) {
  if (wanted) return activation(wanted);
  hint(true);
  keepDone("registered");
  return goTo(next, "/account");
}

speak(texts);
const page = await frame();
if (page) new Registration(page.portal).draw();
