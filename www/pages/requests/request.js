/** One request: how it stands, its documents, and what can be done with it. */
import { post, put, sentence } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { button, facts, h, notice } from "/site/dom.js";
import { busy } from "/site/form.js";
import { stateBadge } from "/site/states.js";
import { live, say, t, when } from "/site/words.js";
import { renewal } from "/requests/renewal.js";

const LARGEST = 4 * 1024 * 1024;

/**
 * @param {{portal: object, session: object|null}} page
 * @param {object} request
 * @param {{fresh?: boolean, changed: (request: object) => void}} options
 */
export function requestCard(page, request, { fresh, changed }) {
  const { number, kind, state, data, at, decidedAt, reason, when: hours } = request;
  const address = `/api/requests/${number}`;
  const problem = h("p.problem-line", { role: "alert" });
  const attempt = async (act) => {
    problem.replaceChildren();
    try {
      const answer = await act();
      if (answer) changed(answer.request);
    } catch (error) {
      problem.append(live(() => sentence(error) ?? error.message));
    }
  };
  const withdraw = () => attempt(() => ask({
    title: () => t("withdraw"), text: [h("p", null, t("withdrawLead"))], yes: () => t("withdraw"), danger: true,
    act: () => post(`${address}/withdraw`),
  }));
  const submit = (event) => busy(event.currentTarget ?? event.target, () => attempt(() => post(`${address}/submit`)));
  const said = { waiting: kind === "unbind" && "sent", withdrawn: "withdrawn" }[state];
  return h("section.card", { "aria-labelledby": "request-title" },
    h("h2", { id: "request-title", tabindex: "-1" }, t(`kind_${kind}`), " ", stateBadge(request)),
    said && notice("info", h("p", { role: "status" }, t(said))),
    h("p.ticket", null, h("span", null, t("numberTitle")), h("b.number", null, number), copy(number)),
    fresh && h("p.hint", null, t("numberKeep")),
    facts(
      [t("unitName"), data.name], [t("unitCode"), data.code],
      [t("asked"), data.unbind && t("unbind"), data.unbind && data.resetPassword ? "、" : "", data.resetPassword ? t("resetPassword") : ""],
      [t("because"), data.reason],
      [t("appliedAt"), when(at, true)], [t("decidedAt"), decidedAt && when(decidedAt, true)], [t("decision"), reason],
      [t("whenTitle"), hours && state === "waiting" && say(hours)],
    ),
    kind === "renewal" && renewal(page, request),
    state === "draft" && documents(request, address, attempt),
    problem,
    h("div.actions", null,
      ["draft", "waiting"].includes(state) && kind === "unbind" && button(t("withdraw"), withdraw),
      state === "draft" && button(t("submitRequest"), submit, { kind: "primary" })));
}

function copy(number) {
  const control = button(t("copy"), async () => {
    await navigator.clipboard.writeText(number);
    control.replaceChildren(t("copied"));
  }, { kind: "small" });
  return control;
}

function documents({ documents: list }, address, attempt) {
  return h("div", null,
    h("h3.label", null, t("uploadTitle")), h("p.lead", null, t("uploadLead")),
    h("ul.files", null, list.map(({ key, title, present }) => {
      const input = h("input", { type: "file", accept: ".pdf,application/pdf", onchange: () => attempt(() => put(`${address}/documents/${key}`, pdf(input.files[0]))) });
      return h("li", null,
        h("div", null, h("strong", null, say(title)), h("p", null, t(present ? "present" : "absent"))),
        h("div.actions", null, h("label.upload", null, input, t(present ? "replace" : "upload"))));
    })));
}

/** The portal looks at the bytes; what it is told here is what it takes. */
function pdf(file) {
  return file.size > LARGEST ? file : new Blob([file], { type: "application/pdf" });
}
