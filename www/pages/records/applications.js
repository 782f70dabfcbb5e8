/** CA办理申请 (E12): asking for a lock, and what became of it. */
import { get, post } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { button, h } from "/site/dom.js";
import { Field } from "/site/form.js";
import { stateBadge } from "/site/states.js";
import { table } from "/site/table.js";
import { say, t, when } from "/site/words.js";

/** @param {object} portal its rules @param {(key: string) => void} tell says what went well */
export async function applications(portal, tell) {
  const place = h("div");
  await refresh();
  return h("section.card", { "aria-labelledby": "applications-title" },
    h("div.head", null,
      h("h2", { id: "applications-title" }, t("applicationsTitle")),
      h("div.actions", null, button(t("apply"), () => apply(), { kind: "primary" }))),
    h("p.lead", null, t("applicationsLead")), place);

  async function refresh() {
    const { requests } = await get("/api/ca-applications");
    place.replaceChildren(table(t("applicationsTitle"), [
      ["number", ({ number }) => h("span.number", null, number), "tight"],
      ["productOf", ({ data }) => product(data.product)],
      ["appliedAt", ({ at }) => when(at, true)],
      ["state", (row) => [stateBadge(row), row.reason ? h("small", null, t("decided", { reason: row.reason })) : ""]],
      ["actions", (row) => (row.state === "waiting" ? button(t("withdraw"), () => withdraw(row)) : t("none")), "act"],
    ], requests, () => t("noApplications")));
  }

  function product(id) {
    const found = portal.products.find((one) => one.id === id);
    return found ? say(found.title) : id;
  }

  async function apply() {
    const answer = await ask({
      title: () => t("applicationsTitle"),
      text: [h("p", null, t("applicationsLead"))],
      fields: [
        new Field({ key: "product", title: { zh: "数字证书类型", en: "Kind of certificate" }, required: true, choices: portal.products.map(({ id, title }) => [id, title]) }),
        new Field({ key: "remark", title: { zh: "备注", en: "Remark" }, kind: "textarea", check: "line" }),
      ],
      yes: () => t("confirm"),
      act: (values) => post("/api/ca-applications", values),
    });
    if (!answer) return;
    await refresh();
    tell("applied");
  }

  async function withdraw({ number }) {
    const answer = await ask({
      title: () => t("withdrawTitle"), text: [h("p.number", null, number)], yes: () => t("withdraw"), danger: true,
      act: () => post(`/api/requests/${number}/withdraw`),
    });
    if (!answer) return;
    await refresh();
    tell("withdrawn");
  }
}
