/** Name and code as the certificate says them: read from the lock, shown, and not editable (A16). The portal reads them again. */
import { get } from "/site/api.js";
import { button, h, notice } from "/site/dom.js";
import { Field } from "/site/form.js";
import { trouble } from "/site/confirm.js";
import { certificateCard, holderName } from "/site/sign/certificate.js";
import { readFromLock } from "/site/sign/sign.js";
import { say, t } from "/site/words.js";
import { registered } from "/register/registered.js";

export class CertificatePart {
  /** CertificateInfo, once it was read. */
  info;
  #kind;
  #body = h("div", { "aria-live": "polite" });
  #problem = h("p.problem-line", { role: "alert" });
  #read;
  node;

  /** @param {() => "unit"|"person"} kind who registers */
  constructor(kind) {
    this.#kind = kind;
    this.#read = button(t("readCertificate"), () => this.#choose(), { kind: "primary" });
    this.node = h("section.card", { "aria-labelledby": "certificate-title" },
      h("h2", { id: "certificate-title" }, t("certificateTitle")),
      h("p.lead", null, t("certificateLead")),
      this.#body, this.#problem,
      h("div.actions", null, this.#read));
  }

  /** As the account will be called. */
  get name() {
    const { holder } = this.info;
    return (this.#kind() === "unit" && holder.organisation) || holderName(this.info);
  }

  get #code() {
    const { identities } = this.info.holder;
    const wanted = this.#kind() === "unit" ? ["uscc", "organisation"] : ["person"];
    return identities.find(({ kind }) => wanted.includes(kind)) ?? identities[0];
  }

  clear() {
    this.info = undefined;
    this.#body.replaceChildren();
    this.#problem.replaceChildren();
    this.#read.replaceChildren(t("readCertificate"));
    this.#read.className = "primary";
  }

  complain() {
    this.#problem.replaceChildren(t("readFirst"));
    this.#read.focus();
  }

  async #choose() {
    const info = await readFromLock({ title: () => t("readTitle") });
    if (!info) return;
    this.clear();
    this.info = info;
    this.#read.replaceChildren(t("readAnother"));
    this.#read.className = "";
    this.#body.replaceChildren(...this.#fields(), certificateCard(info));
    const code = this.#code?.value;
    if (!code) return;
    try {
      const found = await get(`/api/register/check?kind=${this.#kind()}&code=${encodeURIComponent(code)}`);
      if (!found.free) this.#body.append(notice("warn", h("p", null, say(found.message)), registered(found)));
    } catch (error) {
      // A code that the portal cannot take is said now; that it could not be asked is said when the form is sent.
      if (error.code === "FORM_INVALID") this.#body.append(trouble(error));
    }
  }

  #fields() {
    const fixed = () => t("fromCertificate");
    const unit = this.#kind() === "unit";
    const name = new Field({ key: "certificate-name", title: unit ? { zh: "单位名称", en: "Name" } : { zh: "姓名", en: "Name" }, value: this.name, fixed });
    const code = new Field({
      key: "certificate-code", value: (unit ? this.#code?.value : this.#code?.masked) ?? "", fixed,
      title: unit ? { zh: "统一社会信用代码", en: "Social credit code" } : { zh: "身份证号", en: "Identity number" },
    });
    return [h("div.fields.two", null, name.node, code.node)];
  }
}
