/** A certificate in a lock, as somebody needs to see it before typing a PIN. */
import { badge, facts, h } from "/site/dom.js";
import { date, t, when } from "/site/words.js";

/** CN, or else O. */
const commonName = (attributes) =>
  ["2.5.4.3", "2.5.4.10"].map((oid) => attributes.find((attribute) => attribute.oid === oid)?.value).find(Boolean) ?? "";

/** Who holds it. */
export const holderName = ({ holder, subject, serial }) => holder.name || commonName(subject) || serial;

export function certificateCard(certificate) {
  const { holder } = certificate;
  const code = holder.identities.find(({ kind }) => kind !== "other") ?? holder.identities[0];
  return h("div.certificate", { role: "group", "aria-label": holderName(certificate) },
    h("p.holder", null, h("strong", null, holderName(certificate)), " ", badge("info", t(`kind_${holder.kind}`))),
    facts(
      [t("signUnit"), holder.organisation !== holder.name && holder.organisation],
      [t("signUser"), holder.person !== holder.name && holder.person],
      [t("signCode"), code?.masked],
      [t("signIssuer"), commonName(certificate.issuer)],
      [t("signUntil"), when(certificate.notAfter)],
    ));
}

/** The same in one line, for a list. */
export function certificateLine(certificate, complaint) {
  const { holder } = certificate;
  const user = holder.person && holder.person !== holder.name ? ` · ${holder.person}` : "";
  return h("span.line", null,
    h("strong", null, holderName(certificate), user),
    h("small", null, `${commonName(certificate.issuer)} · ${date(certificate.notAfter)}`),
    complaint && h("small.complaint", null, complaint));
}
