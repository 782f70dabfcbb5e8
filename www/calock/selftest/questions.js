/**
 * What a person is asked on the way: which lock, and with which containers to sign.
 * @module
 */
import { describe } from "../errors.js";
import { button, h } from "../element/dom.js";
import { Words } from "../element/language.js";
import { pinPanel } from "../element/pin.js";
import { keys } from "./containers.js";
import { word } from "./words.js";

/** Which lock. `act.answer({usb})` opens a window of the browser; a lock that is plugged in answers by itself. */
export function lockPanel({ notice, act }, words) {
  const say = (key) => word(words.language, key);
  const target = button("primary", say("choose"), () => act.answer({ usb: false }));
  const content = h(
    "div",
    null,
    notice && h("p", { class: "notice", role: "alert" }, describe(notice, words.lang).what),
    h(
      "div",
      { class: "actions" },
      target,
      navigator.usb && button("link", say("usb"), () => act.answer({ usb: true })),
      button("link", words.ui("why"), () => act.why(content)),
    ),
  );
  return { content, target };
}

/** With which containers, and the PIN, typed once for all of them. */
export function signPanel({ ask, notice, act }, words) {
  const say = (key, values) => word(words.language, key, values);
  const boxes = ask.containers.map(({ name }) => h("input", { type: "checkbox", value: name, checked: true }));
  const rows = ask.containers.map(({ name, kind, bits }, index) =>
    h("label", { class: "pick" }, boxes[index], h("span", null, name, " ", h("small", null, keys(kind, bits)))),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const problem = h("p", { class: "problem-line", role: "alert" });
  const panel = pinPanel(
    {
      ask, notice,
      act: {
        other: act.other,
        answer: (answer) => {
          if (!answer) return act.answer(null);
          const containers = chosen();
          if (containers.length > 0) return act.answer({ ...answer, containers });
          answer.pin.fill(0);
          problem.textContent = say("chooseOne");
          return boxes[0].focus();
        },
      },
    },
    new SignWords(words.lang),
  );
  const pick = h("fieldset", { class: "picks" }, h("legend", null, say("chooseContainers")), rows, problem);
  return { content: h("div", null, ask.containers.length > 1 && pick, panel.content), target: panel.target };
}

/** Nobody logs in here. */
class SignWords extends Words {
  ui(key, n) {
    const own = { confirm: "sign", cancel: "skip" }[key];
    return own ? word(this.language, own) : super.ui(key, n);
  }
}
