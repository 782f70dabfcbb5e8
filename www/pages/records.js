/** Records of an account (资质, 业绩, 人员, 获奖), each submission signed by its digest; and applications for a CA lock. */
import { get } from "/site/api.js";
import { badge, button, find, h, notice } from "/site/dom.js";
import { failed, frame } from "/site/frame.js";
import { noticeBox } from "/site/notices.js";
import { stateBadge } from "/site/states.js";
import { table } from "/site/table.js";
import { say, speak, t, when } from "/site/words.js";
import { applications } from "/records/applications.js";
import { edit, toggle } from "/records/edit.js";
import texts from "/records/texts.js";
import { versions } from "/records/versions.js";

speak(texts);
const page = await frame({ needs: "account" });
const said = h("div", { "aria-live": "polite" });
const place = h("div.stack");
let ours;
if (page) {
  const { session } = page;
  find("main").firstElementChild.append(said);
  find("main").append(place);
  try {
    const { bindings } = await get("/api/bindings");
    ours = new Set([...bindings.map(({ fingerprint }) => fingerprint), session.holder?.fingerprint]);
    await refresh();
    find("main").append(await applications(page.portal, tell));
  } catch (error) {
    failed(error);
  }
}

function tell(key, extra) {
  said.replaceChildren(notice("good", h("p", null, t(key))), extra ? noticeBox(extra) : "");
  said.scrollIntoView({ block: "nearest" });
}

async function refresh() {
  const { kinds, records } = await get("/api/submissions");
  place.replaceChildren(...kinds.map((kind) => section(kind, records.filter((row) => row.kind === kind.key))));
}

function section(kind, rows) {
  const may = !kind.byLock || page.session.strength === "ca";
  const done = async (answer) => {
    if (!answer) return;
    tell("recordDone", answer.notice);
    await refresh();
  };
  const context = { session: page.session, ours, kind };
  return h("section.card", { "aria-labelledby": `kind-${kind.key}` },
    h("div.head", null,
      h("h2", { id: `kind-${kind.key}` }, say(kind.title)),
      h("div.actions", null, may && button([t("addRecord"), h("span.hidden", null, " ", say(kind.title))], () => edit(context).then(done), { kind: "primary" }))),
    may ? "" : h("p.notice.warn", null, t("needsLock")),
    table(say(kind.title), [
      ["content", (row) => brief(kind, row)],
      ["version", (row) => row.version, "tight"],
      ["submittedAt", (row) => when(row.at, true)],
      ["state", (row) => [stateBadge(row), row.paperOnly ? badge("warn", t("paperOnly")) : ""]],
      ["actions", (row) => [
        button(t("view"), () => versions(kind, row)),
        may && row.state !== "void" && button(t("change"), () => edit(context, row).then(done)),
        may && button(t(row.state === "void" ? "restore" : "void"), () => toggle(context, row).then(done)),
      ].filter(Boolean), "act"],
    ], rows, () => t("noRecords")));
}

/** The first two things that are said of it. */
function brief(kind, { data }) {
  const [first, second] = kind.fields.map(({ key }) => data[key]).filter(Boolean);
  return [h("span", null, first ?? Object.values(data)[0] ?? ""), second ? h("small", null, second) : ""];
}
