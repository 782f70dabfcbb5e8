/** What a record said before: every version, with how it was submitted. */
import { get } from "/site/api.js";
import { show, trouble } from "/site/confirm.js";
import { badge, facts, h } from "/site/dom.js";
import { say, t, when } from "/site/words.js";

export async function versions(kind, { record }) {
  const content = await get(`/api/submissions/${record}`).then(({ versions: rows }) => [drawn(kind, rows)], (error) => [trouble(error)]);
  show({ title: () => t("versionsTitle", { kind: kind.title }), content });
}

function drawn({ fields }, rows) {
  const titles = new Map(fields.map(({ key, title }) => [key, title]));
  return h("ol.versions", null, rows.map((row) =>
    h("li", null,
      h("h3", null, t("versionTitle", { n: row.version }), " ", badge("info", say(row.words))),
      h("p.hint", null, when(row.at, true), " · ", t(row.strength === "ca" ? "signedByLock" : "submittedByPassword"), " ", row.paperOnly && badge("warn", t("paperOnly"))),
      facts(
        ...Object.entries(row.data).map(([key, value]) => [titles.has(key) ? say(titles.get(key)) : key, value]),
        [t("digest"), row.digest && h("span.number", null, row.digest)],
      ))));
}
