/**
 * Signing with a lock, in a dialog: which lock, who its holder is and what is signed, the PIN, progress, and errors by code.
 *
 * The page below stays as it is: whatever goes wrong, nothing that was typed there is lost. The portal's answer is waited
 * for in the dialog as well, so that its refusal is told where another attempt can be made.
 */
import { describe, locks } from "/calock/api.js";
import { digest, ready } from "/calock/api-tools.js";
import { post, sentence } from "/site/api.js";
import { button, facts, h, notice } from "/site/dom.js";
import { certificateCard, certificateLine } from "/site/sign/certificate.js";
import { pinForm } from "/site/sign/pin.js";
import { letGo, readLocks } from "/site/sign/read.js";
import texts from "/site/sign/texts.js";
import { label, language, live, speak, t } from "/site/words.js";

speak(texts);

/** Errors that are mended in the PIN field. */
const IN_PLACE = new Set(["PIN_WRONG", "PIN_LAST_TRY", "PIN_LENGTH", "PIN_EMPTY"]);
/** Ends that the person wanted. */
const GIVEN_UP = new Set(["ABORTED", "PIN_CANCELLED"]);
const BUSY = new Set(["reading", "choosing", "asking", "signing", "submitting"]);
const STAGES = ["signPlug", "signPin", "signSign", "signSend"];
/** A challenge this close to its end is replaced: the way to the portal takes time too. */
const MARGIN = 15_000;

/**
 * @typedef {object} Ask
 * @property {string} purpose the statement's
 * @property {string|null} [account] the statement's
 * @property {string} [formText] what is submitted; its digest is signed
 * @property {() => Node} title
 * @property {[Node, ...unknown[]][]} [about] what is signed, as terms and values
 * @property {() => Node[]} [guide] which lock to plug in, step by step
 * @property {(certificate: object) => Node|undefined} [refuse] why a lock is not the wanted one
 * @property {(signed: object, certificate: object) => Promise<T>} submit hands it to the portal
 * @template T
 */

/**
 * @template T
 * @param {Ask<T>} ask
 * @returns {Promise<T|undefined>} the portal's answer; undefined when the person gave up
 */
export const signWithLock = (ask) => run(ask);

/**
 * Reads a certificate without a PIN: 获取锁信息, 读取证书.
 * @param {Pick<Ask, "title"|"guide"|"refuse">} ask
 * @returns {Promise<object|undefined>} CertificateInfo
 */
export const readFromLock = (ask) => run({ ...ask, purpose: null });

async function run(ask) {
  const dialog = new SignDialog(ask);
  try {
    return await dialog.open();
  } finally {
    dialog.end();
  }
}

class SignDialog {
  #ask;
  #controller = new AbortController();
  #found = [];
  #state;
  #stage;
  #settle;
  #busyText;
  #cancel;
  #way = h("ol.way");
  #body = h("div.body");
  #status = h("p.hidden", { role: "status" });
  #dialog;
  #changed = () => ["plug", "choose", "unplugged"].includes(this.#state) && this.#begin();

  constructor(ask) {
    this.#ask = ask;
    label(this.#way, "aria-label", "signWay");
    const title = h("h2", { id: "sign-title", tabindex: "-1" }, ask.title());
    const about = ask.purpose && facts([t("signPurpose"), t(`purpose_${ask.purpose}`)], ...(ask.about ?? []), [t("signSite"), location.host]);
    this.#dialog = h("dialog.sign", { "aria-labelledby": "sign-title" },
      h("div.sheet", null,
        title,
        about && label(h("section.about", null, about), "aria-label", "signWhat"),
        about && this.#way, this.#body, this.#status));
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#giveUp();
    });
    // Escape twice closes a dialog whatever its listener says.
    this.#dialog.addEventListener("close", () => this.#giveUp());
    for (const type of ["added", "removed"]) locks.addEventListener(type, this.#changed);
  }

  /** @returns {Promise<unknown>} settles once */
  open() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    // The wasm is fetched while the person reads: a chooser opens only while a click is fresh.
    ready().catch(() => {});
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#begin();
    });
  }

  end() {
    for (const type of ["added", "removed"]) locks.removeEventListener(type, this.#changed);
    this.#controller.abort();
    letGo(this.#found);
    this.#dialog.addEventListener("toggle", () => this.#dialog.remove());
    this.#dialog.close();
  }

  #giveUp() {
    // What the portal may have done by now must not look undone.
    if (this.#state !== "submitting") this.#settle(undefined);
  }

  /** Looks what is plugged in, and goes on by itself when there is nothing to ask. A newer look replaces an older one. */
  async #begin({ stay } = {}) {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#busy("reading", "signReading", 0);
    await this.#guard(async (signal) => {
      const before = this.#found;
      this.#found = [];
      await letGo(before);
      const found = await readLocks(signal, this.#ask.refuse ?? (() => undefined));
      signal.throwIfAborted();
      this.#found = found;
      const usable = found.filter(({ certificate, complaint, error }) => certificate && !complaint && !error);
      if (usable.length === 1 && !stay) await this.#use(usable[0], signal);
      else if (usable.length) this.#choose(usable);
      else this.#plug();
    });
  }

  /** Does something until it is replaced by something newer, which ends it by its signal and hears nothing of that. */
  async #guard(act) {
    const { signal } = this.#controller;
    try {
      await act(signal);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  async #request() {
    this.#busy("choosing", "signChoosing", 0);
    try {
      await locks.request();
    } catch (error) {
      if (error.code !== "CHOOSER_CANCELLED") return this.#failed(error);
    }
    return this.#begin();
  }

  #plug() {
    const guide = this.#ask.guide?.();
    const others = this.#found.map(({ certificate, complaint, error }) =>
      h("li", null, certificate
        ? certificateLine(certificate, complaint ?? live(() => told(error).what))
        : t("signUnreadable", { what: told(error).what })));
    this.#show("plug", 0,
      h("h3", { tabindex: "-1" }, t("signNone")),
      guide ? h("ol.guide", null, guide.map((step) => h("li", null, step))) : h("p", null, t("signNoneLead")),
      others.length > 0 && h("div.plugged", null, h("h4", null, t("signPlugged")), h("ul", null, others)),
      h("div.actions", null,
        button(t("signChoose"), () => this.#request(), { kind: "primary" }),
        button(t("cancel"), () => this.#giveUp()),
        h("a.link", { href: "/diagnose", target: "_blank" }, t("signHelp"))));
  }

  #choose(usable) {
    const options = usable.map(({ certificate }, index) =>
      h("label.choice", null, h("input", { type: "radio", name: "certificate", value: index, required: true }), certificateLine(certificate)));
    const form = h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        const picked = usable[Number(new FormData(form).get("certificate"))];
        this.#guard((signal) => this.#use(picked, signal));
      },
    },
    h("fieldset", null, h("legend", { tabindex: "-1" }, t("signWhich")), options),
    h("div.actions", null,
      h("button.primary", null, t("signGoOn")),
      button(t("cancel"), () => this.#giveUp()),
      button(t("signChoose"), () => this.#request(), { kind: "link" })));
    this.#show("choose", 0, form);
  }

  async #use(choice, signal) {
    if (this.#ask.purpose) await this.#sign(choice, signal);
    else this.#settle(choice.certificate);
  }

  /** A wrong PIN is asked for again; a challenge that grew old while somebody typed is replaced before anything is sent. */
  async #sign({ lock, certificate }, signal) {
    const { purpose, account = null, formText } = this.#ask;
    this.#busy("asking", "signAsking", 0, certificate);
    const payload = formText === undefined ? null : await digest(new TextEncoder().encode(formText), certificate);
    let wrong;
    let typed;
    for (;;) {
      const challenge = await post("/api/challenge", { purpose, account, payload }, { signal });
      const stale = performance.now() + Date.parse(challenge.expires) - Date.parse(challenge.time) - MARGIN;
      let renew = false;
      let answer;
      const pin = async (question) => {
        answer = typed && (!question.lastTry || typed.lastTry) ? typed : await this.#askPin(question, wrong);
        typed = undefined;
        renew = Boolean(answer) && performance.now() > stale;
        if (renew) typed = answer;
        return renew ? null : answer;
      };
      try {
        const signed = await lock.login({ challenge, purpose, account, payload, certificate: certificate.fingerprint, pin, signal, onStep: (step) => this.#step(step, certificate) });
        this.#busy("submitting", "signSubmitting", 3, certificate);
        return this.#settle(await this.#ask.submit(signed, certificate));
      } catch (error) {
        if (renew && error.code === "PIN_CANCELLED") continue;
        if (!IN_PLACE.has(error.code) || error.triesLeft === 0) throw error;
        wrong = error;
      } finally {
        // The text in the field cannot be wiped, the copy that was made of it can.
        if (!renew) answer?.pin.fill(0);
      }
    }
  }

  #askPin(question, wrong) {
    return new Promise((resolve, reject) => {
      const { signal } = question;
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const act = {
        answer: resolve,
        // Asking anew ends this question by its signal.
        other: () => this.#begin({ stay: true }),
      };
      const { content, target } = pinForm(question, wrong, act);
      this.#show("pin", 1, content);
      target.focus();
    });
  }

  #step({ at }, certificate) {
    const text = { waiting: "signWaiting", opening: "signReading", reading: "signReading", pin: "signChecking", signing: "signSigning", checking: "signSigning" }[at];
    // "pin" tells that it is being checked only once it was typed; before, the question follows by itself.
    if (text && (at !== "pin" || this.#state === "pin")) this.#busy("signing", text, at === "signing" ? 2 : this.#stage, certificate);
  }

  #failed(error) {
    if (GIVEN_UP.has(error.code)) return this.#giveUp();
    const { what, todo } = told(error);
    const { names, codes, left } = error.fields ?? {};
    const heading = h("h3", { tabindex: "-1" }, live(() => told(error).what));
    const both = facts(
      [t("nameInAccount"), names?.account], [t("nameInCertificate"), names?.certificate],
      [t("codeInAccount"), codes?.account], [t("codeInCertificate"), codes?.certificate]);
    this.#show(error.code === "DISCONNECTED" ? "unplugged" : "failed", this.#stage,
      notice("bad", heading, todo && h("p", null, live(() => told(error).todo)), both.childElementCount > 0 && both,
        left !== undefined && h("p", null, t("signTries", { n: left })), h("p.code", null, t("code", { code: error.code ?? "INTERNAL" }))),
      this.#ask.formText !== undefined && h("p.hint", null, t("signKept")),
      h("div.actions", null,
        button(t("signRetry"), () => this.#begin({ stay: true }), { kind: "primary" }),
        button(t("close"), () => this.#giveUp())));
    this.#status.textContent = `${what} ${todo}`;
    return undefined;
  }

  #busy(state, text, stage, certificate) {
    this.#status.textContent = "";
    this.#status.append(t(text));
    if (!this.#busyText?.isConnected) {
      this.#busyText = h("p", { tabindex: "-1" });
      this.#cancel = button(t("cancel"), () => this.#giveUp());
      this.#show(state, stage,
        certificate && certificateCard(certificate),
        h("div.busy", null, h("span.spinner", { "aria-hidden": "true" }), this.#busyText),
        h("div.actions", null, this.#cancel));
    }
    this.#state = state;
    this.#draw(stage);
    this.#busyText.replaceChildren(t(text));
    this.#cancel.hidden = state === "submitting";
  }

  /** Replaces what is shown; the focus follows to where the next step is. */
  #show(state, stage, ...content) {
    this.#state = state;
    this.#draw(stage);
    this.#body.replaceChildren(...content.filter(Boolean));
    if (!BUSY.has(state)) this.#status.textContent = "";
    this.#body.querySelector("[tabindex='-1']")?.focus();
  }

  #draw(stage) {
    this.#stage = stage;
    this.#way.replaceChildren(...STAGES.map((key, index) =>
      h("li", { class: index < stage ? "past" : index === stage ? "now" : undefined, "aria-current": index === stage && "step" }, t(key))));
  }
}

/** What happened and what to do: in the portal's words, or in the module's. */
function told(error) {
  const own = sentence(error);
  return own ? { what: own, todo: "" } : describe(error, language());
}
