/** The receipts of sealed documents that were sent: the newest first, each with the document as it was sent. */
import { get } from "/site/api.js";
import { h, notice } from "/site/dom.js";
import { table } from "/site/table.js";
import { t, when } from "/site/words.js";

/** @param {HTMLElement} place @returns {{add: (receipt: object) => void}} */
export function receipts(place) {
  const said = h("div", { "aria-live": "polite" });
  const list = h("div");
  let rows = [];
  place.hidden = false;
  place.setAttribute("aria-labelledby", "sent-title");
  place.replaceChildren(h("h2", { id: "sent-title" }, t("sentTitle")), said, list);
  const draw = () => list.replaceChildren(drawn(rows));
  get("/api/seals").then(
    ({ seals }) => {
      // One may have been sent meanwhile.
      rows = [...rows.filter(({ seal }) => !seals.some((one) => one.seal === seal)), ...seals];
      draw();
    },
    () => said.replaceChildren(notice("bad", h("p", null, t("sentFailed")))),
  );
  return {
    add(receipt) {
      rows = [receipt, ...rows.filter(({ seal }) => seal !== receipt.seal)];
      draw();
      said.replaceChildren(notice("good", h("p", null, t("sentNew", { name: receipt.name }))));
      place.scrollIntoView({ block: "nearest" });
    },
  };
}

function drawn(rows) {
  return table(t("sentTitle"), [
    ["sentFile", (row) => [h("span", null, row.name), h("small.number", null, t("sentDigest"), " ", row.digest)]],
    ["sentBy", (row) => row.signatures.map(({ name, signer }) => h("span.block", null, name ?? signer))],
    ["sentSize", (row) => size(row.size), "tight"],
    ["sentAt", (row) => when(row.at, true)],
    ["sentActions", (row) => [h("a", { href: `/api/seals/${row.seal}/file`, download: row.name }, t("sentDownload"), h("span.hidden", null, " ", row.name))], "act"],
  ], rows, () => t("sentNone"));
}

/** In units that people know. */
function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
