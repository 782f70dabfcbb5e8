/**
 * A certificate as a person needs to see it before typing a PIN.
 * @module
 */
import { h } from "./dom.js";

const DAY = 86_400_000;
/** Days before the end at which a holder is told, as the portals' own scripts do. */
const SOON = 60;

/**
 * @param {import("./language.js").Words} words
 * @param {object} certificate CertificateInfo
 */
export function certificateCard(words, certificate) {
  const { holder } = certificate;
  const code = holder.identities.find(({ kind }) => kind !== "other") ?? holder.identities[0];
  const note = dateNote(words, certificate);
  return h(
    "div",
    { part: "certificate", class: "certificate", role: "group", "aria-label": holderName(certificate) },
    h("p", { class: "holder" }, h("strong", { part: "holder" }, holderName(certificate)), h("span", { part: "kind", class: "kind" }, words.of("kinds", holder.kind))),
    h(
      "dl",
      null,
      holder.organisation && holder.organisation !== holder.name && row(words.ui("organisation"), holder.organisation),
      holder.person && holder.person !== holder.name && row(words.ui("user"), holder.person),
      code && row(words.of("identities", code.kind), h("span", { class: "code" }, code.masked)),
      row(words.ui("issuer"), commonName(certificate.issuer)),
      certificate.state === "not-yet"
        ? row(words.ui("from"), words.date(certificate.notBefore), note)
        : row(words.ui("until"), words.date(certificate.notAfter), note),
    ),
  );
}

/** @param {object} certificate */
export function holderName({ holder, subject, serial }) {
  return holder.name || commonName(subject) || serial;
}

function row(term, ...value) {
  return h("div", null, h("dt", null, term), h("dd", null, ...value));
}

/** CN, or else O. */
export function commonName(attributes) {
  const find = (oid) => attributes.find((attribute) => attribute.oid === oid)?.value;
  return find("2.5.4.3") ?? find("2.5.4.10") ?? "";
}

/** A badge for a certificate that is not or not long good. */
export function dateNote(words, { state, notBefore, notAfter }) {
  const days = (time) => Math.ceil((Date.parse(time) - Date.now()) / DAY);
  const badge = (kind, text) => h("span", { part: `note ${kind}`, class: `note ${kind}` }, text);
  if (state === "expired") return badge("bad", words.ui("expired"));
  if (state === "not-yet") return badge("bad", words.ui("not-yet", days(notBefore)));
  const left = days(notAfter);
  if (left > SOON) return null;
  return badge("soon", left < 1 ? words.ui("today") : words.ui("expiring", left));
}
