/** A question before something is done that cannot be undone, and small forms: the same native dialog. */
import { sentence } from "/site/api.js";
import { button, h } from "/site/dom.js";
import { Form, busy } from "/site/form.js";
import { live, t } from "/site/words.js";

/**
 * Asks, and stays open until it is done or given up: a refusal is told in it.
 * @template T
 * @param {object} question
 * @param {() => Node} question.title
 * @param {Node[]} [question.text]
 * @param {import("/site/form.js").Field[]} [question.fields]
 * @param {() => Node} question.yes the button's text
 * @param {boolean} [question.danger]
 * @param {(values: Record<string, string>) => Promise<T|undefined>} question.act undefined: stay, nothing was done
 * @returns {Promise<T|undefined>} undefined: given up
 */
export function ask({ title, text = [], fields = [], yes, danger, act }) {
  const form = new Form(fields);
  return new Promise((resolve) => {
    const go = h(danger ? "button.danger" : "button.primary", null, yes());
    const element = h("form", { novalidate: true },
      h("h2", { id: "ask-title", tabindex: "-1" }, title()),
      ...text, form.summary, h("div.fields", null, fields.map(({ node }) => node)),
      h("div.actions", null, go, button(t("cancel"), () => dialog.close())));
    const dialog = h("dialog.ask", { "aria-labelledby": "ask-title" }, h("div.sheet", null, element));
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.check()) return;
      busy(go, async () => {
        try {
          const answer = await act(form.values);
          // Given up further on, as in the dialog for signing: back to this one.
          if (answer === undefined) return;
          resolve(answer);
          dialog.close();
        } catch (error) {
          form.refused(error);
        }
      });
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(undefined);
    });
    document.body.append(dialog);
    dialog.showModal();
    (fields[0]?.input ?? element.querySelector("h2")).focus();
  });
}

/** Shows something with one way out. */
export function show({ title, content }) {
  const dialog = h("dialog.ask.broad", { "aria-labelledby": "show-title" },
    h("div.sheet", null,
      h("h2", { id: "show-title", tabindex: "-1" }, title()), ...content,
      h("div.actions", null, button(t("close"), () => dialog.close(), { kind: "primary" }))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("h2").focus();
}

/** An error in the place of what could not be shown. */
export const trouble = (error) => h("div.notice.bad", { role: "alert" }, h("p", null, live(() => sentence(error) ?? error.message)), h("p.code", null, t("code", { code: error.code ?? "INTERNAL" })));
