/** Fields that say what is wrong when they are left, and forms that keep everything that was typed. */
import { sentence } from "/site/api.js";
import { CHECKS } from "/site/checks.js";
import { button, h } from "/site/dom.js";
import { label, live, say, t, wordOf } from "/site/words.js";

const TYPES = { phone: ["tel", "tel"], mail: ["email", "email"] };

/** One field with its label, hint, and what is to be said of it. */
export class Field {
  #problem;
  #note;
  #options;
  #asked = 0;

  /**
   * @param {object} options
   * @param {string} options.key its name in data; also in FORM_INVALID
   * @param {{zh: string, en: string}} options.title
   * @param {boolean|(() => boolean)} [options.required] a function where it depends on what else was typed
   * @param {string} [options.check] a key of CHECKS
   * @param {string} [options.value]
   * @param {() => Node} [options.fixed] why it cannot be edited
   * @param {() => Node} [options.hint]
   * @param {"text"|"password"|"textarea"} [options.kind]
   * @param {[string, {zh: string, en: string}][]} [options.choices] a list to choose from
   * @param {(value: string) => {bad?: () => Node, warn?: () => Node}} [options.rule] besides `check`
   * @param {(value: string) => Promise<{bad?: () => Node, good?: () => Node}>} [options.ask] what the portal says of it
   * @param {Record<string, string>} [options.attributes]
   */
  constructor(options) {
    this.#options = options;
    this.key = options.key;
    const id = `field-${options.key}`;
    this.input = this.#make(id);
    this.#problem = h("p.problem-line", { id: `${id}-problem` });
    this.#note = h("p.note-line", { id: `${id}-note`, role: "status" });
    this.input.setAttribute("aria-describedby", `${id}-problem ${id}-note ${id}-hint`);
    const depends = typeof options.required === "function";
    const mark = options.fixed || (depends && !options.required()) ? null : options.required ? h("span.star", { "aria-hidden": "true" }, "*") : h("span.optional", null, t("optional"));
    this.node = h(options.wide ? "div.field.wide" : "div.field", null,
      h("label", { for: id }, say(options.title), " ", mark),
      options.kind === "password" ? revealable(this.input, "showPassword") : this.input,
      this.#problem, this.#note,
      h("p.hint", { id: `${id}-hint` }, options.fixed ? options.fixed() : options.hint?.()));
    if (options.fixed) return;
    this.input.addEventListener("input", () => this.clear());
    this.input.addEventListener("change", () => this.validate());
    // Left empty on the way to something else is no mistake yet: only what was typed is judged.
    this.input.addEventListener("blur", () => this.value && this.validate());
  }

  #make(id) {
    const { kind = "text", choices, check, value = "", fixed, required, attributes } = this.#options;
    const common = { id, name: this.key, "aria-required": required === true && !fixed && "true", ...attributes };
    if (choices && !fixed) {
      const options = choices.map(([key, words]) => h("option", { value: key, selected: key === value }, say(words)));
      return h("select", common, h("option", { value: "" }, "—"), options);
    }
    const [type, autocomplete] = TYPES[check] ?? [kind === "password" ? "password" : "text", "off"];
    const input = kind === "textarea" ? h("textarea", { rows: 3, ...common }) : h("input", { type, autocomplete, ...common });
    input.value = choices ? wordOf(choices.find(([key]) => key === value)?.[1]) : value;
    if (fixed) input.readOnly = true;
    return input;
  }

  get value() {
    return this.#options.kind === "password" ? this.input.value : this.input.value.trim();
  }

  set value(text) {
    this.input.value = text;
    this.clear();
  }

  clear() {
    this.#asked += 1;
    this.input.removeAttribute("aria-invalid");
    this.#problem.replaceChildren();
    this.#note.replaceChildren();
    this.#note.className = "note-line";
  }

  /** @param {Node|string} text */
  complain(text) {
    this.clear();
    this.input.setAttribute("aria-invalid", "true");
    this.#problem.replaceChildren(text);
  }

  #remark(kind, text) {
    this.#note.className = `note-line ${kind}`;
    this.#note.replaceChildren(text);
  }

  /** Whether it may be sent; says what is wrong, warns of what is strange, and asks the portal where it knows more. */
  validate({ quiet } = {}) {
    const { required, check, rule, ask, fixed, title } = this.#options;
    if (fixed) return true;
    const { value } = this;
    if (!value) {
      const missing = typeof required === "function" ? required() : required;
      if (missing) this.complain(t("fillThis", { field: title }));
      else this.clear();
      return !missing;
    }
    const { bad, warn } = { ...(check && CHECKS[check]?.(value)) };
    const own = rule?.(value) ?? {};
    if (bad || own.bad) {
      this.complain(bad ? t(bad) : own.bad());
      return false;
    }
    this.clear();
    if (warn || own.warn) this.#remark("warn", warn ? t(warn) : own.warn());
    if (ask && !quiet) this.#askPortal(value, ask);
    return true;
  }

  async #askPortal(value, ask) {
    const mine = (this.#asked += 1);
    // A check that cannot be made now is made when the form is sent.
    const { bad, good } = (await ask(value).catch(() => undefined)) ?? {};
    if (mine !== this.#asked) return;
    if (bad) this.complain(bad());
    else if (good) this.#remark("good", good());
  }
}

/** A form made of fields. */
export class Form {
  #summary = h("div.notice.bad", { role: "alert", hidden: true });

  /** @param {Field[]} fields */
  constructor(fields) {
    this.fields = fields;
  }

  /** Where what is wrong with the whole is told. */
  get summary() {
    return this.#summary;
  }

  /** @returns {Record<string, string>} */
  get values() {
    return Object.fromEntries(this.fields.map(({ key, value }) => [key, value]));
  }

  field(key) {
    return this.fields.find((field) => field.key === key);
  }

  /** Whether everything may be sent; the first that may not has the focus. */
  check() {
    const wrong = this.fields.filter((field) => !field.validate({ quiet: true }));
    this.tell(wrong.length > 0 && t("fixBelow", { n: wrong.length }));
    wrong[0]?.input.focus();
    return wrong.length === 0;
  }

  /** Tells what went wrong: at the field that the portal names, or above. */
  refused(error) {
    const field = error.code === "FORM_INVALID" && this.field(error.fields?.field);
    if (!field) return this.tell(live(() => sentence(error) ?? `${error.message}`), error.code);
    field.complain(live(() => sentence(error)));
    field.input.focus();
    return undefined;
  }

  /** @param {Node|string|false} [text] nothing: it is well */
  tell(text, code) {
    this.#summary.hidden = !text;
    this.#summary.replaceChildren(...(text ? [h("p", null, text), ...(code ? [h("p.code", null, t("code", { code }))] : [])] : []));
    if (text) this.#summary.scrollIntoView({ block: "nearest" });
  }
}

/** A password field with the switch that shows it, and a word when Caps Lock is on. */
export function revealable(input, name) {
  const caps = h("span.caps", { role: "status" });
  input.addEventListener("keyup", (event) => caps.replaceChildren(...(event.getModifierState?.("CapsLock") ? [t("capsLock")] : [])));
  const show = button(t("show"), () => {
    const visible = input.type === "password";
    input.type = visible ? "text" : "password";
    show.setAttribute("aria-pressed", String(visible));
    show.replaceChildren(t(visible ? "hide" : "show"));
    input.focus();
  }, { kind: "show", "aria-pressed": "false" });
  label(show, "aria-label", name);
  return h("div.secret", null, input, show, caps);
}

/** Runs one piece of work with the button that started it switched off, so that nothing is sent twice. */
export async function busy(control, act) {
  if (control.disabled) return undefined;
  control.disabled = true;
  control.setAttribute("aria-busy", "true");
  try {
    return await act();
  } finally {
    control.disabled = false;
    control.removeAttribute("aria-busy");
  }
}
