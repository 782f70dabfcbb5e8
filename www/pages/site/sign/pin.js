/** The question for the PIN: for whom, and how many tries are left. */
import { CalockError, describe } from "/calock/api.js";
import { button, h } from "/site/dom.js";
import { revealable } from "/site/form.js";
import { certificateCard } from "/site/sign/certificate.js";
import { language, live, t, w } from "/site/words.js";

/** What a lock takes at most, in bytes. */
const LONGEST = 16;

/**
 * @param {{triesLeft: number|null, lastTry: boolean, certificate: object}} ask
 * @param {CalockError|undefined} notice why it is asked again
 * @param {{answer: (answer: object|null) => void, other: () => void}} act
 * @returns {{content: HTMLFormElement, target: HTMLInputElement}}
 */
export function pinForm(ask, notice, act) {
  const said = (code, more) => describe(new CalockError(code, more), language()).what;
  const input = h("input", { id: "sign-pin", type: "password", autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": "sign-pin-problem sign-pin-tries sign-pin-note", "aria-invalid": Boolean(notice) && "true" });
  const problem = h("p.problem-line", { id: "sign-pin-problem", role: "alert" }, notice && live(() => describe(notice, language()).what));
  const agreed = ask.lastTry && h("input", { type: "checkbox", id: "sign-last" });
  const refuse = (text, field) => {
    problem.replaceChildren(text);
    field.setAttribute("aria-invalid", "true");
    field.focus();
  };
  const content = h("form.pin", {
    novalidate: true,
    onsubmit(event) {
      event.preventDefault();
      const pin = new TextEncoder().encode(input.value);
      if (pin.length === 0) return refuse(said("PIN_EMPTY"), input);
      if (pin.length > LONGEST) return refuse(said("PIN_LENGTH"), input);
      if (agreed && !agreed.checked) return refuse(w("signLastFirst"), agreed);
      input.value = "";
      return act.answer(agreed ? { pin, lastTry: true } : { pin });
    },
  },
  certificateCard(ask.certificate),
  h("div.field", null,
    h("label", { for: "sign-pin" }, t("signPinLabel")),
    revealable(input, "signShowPin"),
    problem,
    h("p.hint", null,
      h("span", { id: "sign-pin-tries", class: ask.triesLeft !== null && ask.triesLeft < 3 ? "few" : undefined }, tries(ask, notice)),
      h("span", { id: "sign-pin-note" }, t("signPinNote")))),
  agreed && h("p.check.last", null, agreed, h("label", { for: "sign-last" }, t("signLast"))),
  h("div.actions", null,
    h("button.primary", null, t("signNow")),
    button(t("cancel"), () => act.answer(null)),
    button(t("signOther"), act.other, { kind: "link" })));
  return { content, target: input };
}

/** A refusal has named the number already. */
function tries({ triesLeft, lastTry }, notice) {
  if (lastTry) return live(() => describe(new CalockError("PIN_LAST_TRY"), language()).what);
  return typeof triesLeft === "number" && notice?.triesLeft !== triesLeft && t("signTries", { n: triesLeft });
}
