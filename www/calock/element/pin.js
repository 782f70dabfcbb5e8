/**
 * The question for the PIN: for whom, what for, how many tries are left.
 * @module
 */
import { CalockError, describe } from "../errors.js";
import { certificateCard } from "./certificate.js";
import { button, h } from "./dom.js";

/** What a lock takes at most, in bytes (token.md: the PIN block). */
const LONGEST = 16;

/**
 * @param {object} model `ask` and `notice`: why the PIN is asked again
 * @param {import("./language.js").Words} words
 */
export function pinPanel({ ask, notice, act }, words) {
  const input = h("input", {
    id: "pin", part: "pin", type: "password", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-describedby": "problem tries note", "aria-invalid": notice ? "true" : undefined,
  });
  const problem = h("p", { id: "problem", part: "pin-error", class: "problem-line", role: "alert" }, notice && describe(notice, words.lang).what);
  const caps = h("p", { class: "note-line caps", role: "status" });
  input.addEventListener("keyup", (event) => {
    caps.textContent = event.getModifierState?.("CapsLock") ? words.ui("caps") : "";
  });
  const agreed = ask.lastTry && h("input", { type: "checkbox", id: "last" });
  const refuse = (text, field) => {
    problem.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const submit = (event) => {
    event.preventDefault();
    const pin = new TextEncoder().encode(input.value);
    const local = (code) => describe(new CalockError(code), words.lang).what;
    if (pin.length === 0) return refuse(local("PIN_EMPTY"), input);
    if (pin.length > LONGEST) return refuse(local("PIN_LENGTH"), input);
    if (agreed && !agreed.checked) return refuse(words.ui("lastTryFirst"), agreed);
    input.value = "";
    act.answer(agreed ? { pin, lastTry: true } : { pin });
  };
  const content = h(
    "form",
    { class: "pin", onsubmit: submit },
    certificateCard(words, ask.certificate),
    h("p", { class: "purpose" }, h("span", null, words.ui("purpose")), " ", h("b", null, purpose(words, ask.purpose))),
    h("label", { for: "pin" }, words.ui("pin")),
    h("div", { class: "field" }, input, toggle(input, words)),
    problem,
    caps,
    h("p", { class: "under" }, h("span", { id: "tries", part: "tries", class: ask.triesLeft !== null && ask.triesLeft < 3 ? "few" : "" }, triesText(ask, notice, words)), h("span", { id: "note" }, words.ui("pinNote"))),
    agreed && h("label", { class: "last", part: "last-try" }, agreed, h("span", null, words.ui("lastTry"))),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "submit", part: "button primary", class: "primary" }, words.ui("confirm")),
      button("secondary", words.ui("cancel"), () => act.answer(null)),
      button("link", words.ui("other"), () => act.other()),
    ),
  );
  return { content, target: input };
}

function purpose(words, name) {
  return words.ui("at").replace("{what}", () => words.of("purposes", name) || name).replace("{site}", () => location.host);
}

/** A refusal has named the number already. */
function triesText({ triesLeft, lastTry }, notice, words) {
  if (lastTry) return describe(new CalockError("PIN_LAST_TRY"), words.lang).what;
  return typeof triesLeft === "number" && notice?.triesLeft !== triesLeft ? words.ui("tries", triesLeft) : "";
}

function toggle(input, words) {
  const show = h("button", { type: "button", part: "show", class: "show", "aria-pressed": "false", "aria-label": words.ui("showPin") }, words.ui("show"));
  show.addEventListener("click", () => {
    const visible = input.type === "password";
    input.type = visible ? "text" : "password";
    show.setAttribute("aria-pressed", String(visible));
    show.textContent = words.ui(visible ? "hide" : "show");
    input.focus();
  });
  return show;
}
