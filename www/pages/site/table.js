/** Tables that become a list of cards on a narrow screen, and stay tables for who listens. */
import { h } from "/site/dom.js";
import { label, t } from "/site/words.js";

/**
 * @template R
 * @param {Node} caption
 * @param {[key: string, cell: (row: R, index: number) => Node|string|number|Node[], kind?: string][]} columns the key of each
 *   title's text; `kind` is the cells' class
 * @param {R[]} rows
 * @param {() => Node} empty what is said when there is no row
 */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) return h("p.empty", null, empty());
  // Roles in full: a table that is drawn as blocks has none by itself.
  const head = h("tr", { role: "row" }, columns.map(([key]) => h("th", { role: "columnheader", scope: "col" }, t(key))));
  const body = rows.map((row, index) =>
    h("tr", { role: "row" }, columns.map(([key, cell, kind]) =>
      label(h(kind ? `td.${kind}` : "td", { role: "cell" }, h("div", null, cell(row, index))), "data-label", key))));
  return h("div.table", null,
    h("table", { role: "table" },
      h("caption.hidden", null, caption),
      h("thead", { role: "rowgroup" }, head), h("tbody", { role: "rowgroup" }, body)));
}
