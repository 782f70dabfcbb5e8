/** A new request for unbinding: who asks, what for, and which documents will be wanted. */
import { post } from "/site/api.js";
import { h } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { say, t } from "/site/words.js";

/** @param {object} portal its rules @param {(request: object, fresh: true) => void} made */
export function newRequest({ unbinding }, made) {
  const form = new Form([
    new Field({ key: "name", title: { zh: "企业名称（自然人填姓名）", en: "Name of the unit or person" }, required: true, check: "line" }),
    new Field({ key: "code", title: { zh: "统一社会信用代码（自然人填身份证号）", en: "Social credit code or identity number" }, required: true, rule: either }),
    new Field({ key: "contact", title: { zh: "经办人", en: "Person in charge" }, required: true, check: "line" }),
    new Field({ key: "phone", title: { zh: "联系电话", en: "Telephone" }, required: true, check: "phone" }),
    new Field({ key: "reason", title: { zh: "原因", en: "Reason" }, required: true, kind: "textarea", check: "line", wide: true }),
  ]);
  const boxes = ["unbind", "resetPassword"].map((key) => {
    const input = h("input", { type: "checkbox", id: `ask-${key}`, checked: key === "unbind" });
    return { key, input, node: h("p.check", null, input, h("label", { for: `ask-${key}` }, t(key))) };
  });
  const problem = h("p.problem-line", { role: "alert" });
  const go = h("button.primary", null, t(unbinding.documents.length ? "goOnDocuments" : "goOn"));
  const send = async (event) => {
    event.preventDefault();
    const wanted = Object.fromEntries(boxes.map(({ key, input }) => [key, input.checked]));
    const asked = wanted.unbind || wanted.resetPassword;
    problem.replaceChildren(...(asked ? [] : [t("whatMissing")]));
    if (!form.check() || !asked) return;
    await busy(go, async () => {
      try {
        made((await post("/api/requests", { kind: "unbind", ...form.values, ...wanted })).request, true);
      } catch (error) {
        form.refused(error);
      }
    });
  };
  return h("section.card", { "aria-labelledby": "new-title" },
    h("h2", { id: "new-title" }, t("newRequestTitle")),
    h("form", { novalidate: true, onsubmit: send },
      form.summary,
      h("fieldset", null, h("legend", null, t("what")), h("div.options", null, boxes.map(({ node }) => node)), problem),
      h("div.fields.two", null, form.fields.map(({ node }) => node)),
      h("h3.label", null, t("documents")),
      unbinding.documents.length
        ? h("ul.bullets", null, unbinding.documents.map((words) => h("li", null, say(words))))
        : h("p", null, t("noDocuments")),
      h("div.actions", null, go)));
}

/** A code of a unit or of a person. */
function either(value) {
  const text = value.toUpperCase().replaceAll(/[-\s]/g, "");
  return /^[0-9A-Z]{9}$|^[0-9A-Z]{18}$/.test(text) ? {} : { bad: () => t("codeShape") };
}
