/**
 * 证书检测: the certificates, one line each: dates, whose and what for, whether this portal takes it, and the chain that the portal
 * sees.
 * @module
 */
import { commonName, holderName } from "../element/certificate.js";
import { Words } from "../element/language.js";
import { CalockError } from "../errors.js";
import { word } from "./words.js";

const DAY = 86_400_000;
/** Days before the end at which a holder is told, as the portals' own scripts do. */
const SOON = 60;
const PLACES = ["signing", "encryption"];

export async function certificates(test, step) {
  const found = test.containers.flatMap((container) =>
    PLACES.filter((place) => container[place].certificate).map((place) => ({ container, place, key: container[place], line: step.line(titled(container, place)) })),
  );
  if (!found.some(({ place }) => place === "signing")) return step.problem(found.length > 0 ? "CERT_USAGE" : "CERT_NOT_FOUND");
  for (const one of found) {
    one.line.begin();
    await check(test, one);
  }
  missing(test, step);
  const failing = step.lines.filter(({ state }) => state === "problem").length;
  return step.sum(failing > 0 ? "CERTS_FAIL" : "CERTS_OK", { values: { n: failing, of: found.length } });
}

const titled = ({ name }, place) => (language) => `${name} · ${word(language, place)}`;

async function check(test, { container, place, key, line }) {
  const { certificate, der } = key;
  describe(line, certificate);
  if (certificate.state === "expired") return line.problem("CERT_EXPIRED", { error: new CalockError("CERT_EXPIRED") });
  if (certificate.state === "not-yet") return line.problem("CERT_NOT_YET", { error: new CalockError("CERT_NOT_YET") });
  if (place === "signing" && certificate.usage === "encryption") return line.problem("CERT_USAGE", { error: new CalockError("CERT_USAGE") });
  // Only signing certificates are shown to portals.
  const seen = place === "signing" ? await lookedAt(test, der) : {};
  if (seen.error) return line.note("CERT_UNCHECKED", { values: { n: seen.error.code } });
  describe(line, certificate, seen);
  container.product = seen.product;
  if (seen.refusal?.code === "PRODUCT_NOT_ACCEPTED") return refused(test, line);
  if (seen.refusal) return line.fail(new CalockError(seen.refusal.code, { texts: seen.refusal.message }));
  container.usable ||= place === "signing";
  const left = Math.ceil((Date.parse(certificate.notAfter) - Date.now()) / DAY);
  if (left <= SOON) return line.note("CERT_EXPIRING", { values: { n: left } });
  return line.pass("CERT_OK");
}

/** Another CA's certificate: the advice is which ones are taken here. */
async function refused(test, line) {
  const products = await test.portal.products();
  const named = products.length > 0;
  line.problem("PRODUCT_NOT_ACCEPTED", { variant: named ? "list" : undefined, values: (language) => ({ n: products.map((title) => title[language]).join(word(language, "comma")) }) });
}

/** What the portal says; `error` when it could not be asked. */
async function lookedAt(test, der) {
  if (!test.portal.looks) return {};
  try {
    return await test.portal.look(der);
  } catch (error) {
    test.stillWanted();
    return { error };
  }
}

/** Whose it is, and how long: the person may see it all, the report only what names nobody. */
function describe(line, certificate, { chain, product } = {}) {
  const { holder } = certificate;
  const code = holder.identities.find(({ kind }) => kind !== "other") ?? holder.identities[0];
  line.brief = (language) => {
    const words = new Words(language);
    return [words.of("kinds", holder.kind), product?.title[language], `${words.ui("until")} ${words.date(certificate.notAfter)}`].filter(Boolean).join(" · ");
  };
  line.facts = (language) => {
    const words = new Words(language);
    const may = product?.may.map((what) => word(language, `may_${what}`)).join(word(language, "comma"));
    return [
      [words.ui("holder"), holderName(certificate)],
      [word(language, "kind"), words.of("kinds", holder.kind)],
      [code && words.of("identities", code.kind), code?.masked],
      [words.ui("issuer"), commonName(certificate.issuer)],
      [word(language, "valid"), `${words.date(certificate.notBefore)} – ${words.date(certificate.notAfter)}`],
      [word(language, "product"), product && `${product.title[language]}（${may}）`],
      [word(language, "chain"), chain?.map(({ subject }) => subject).join(" ← ")],
    ];
  };
  line.reported = () => [
    certificate.algorithm, certificate.usage, holder.kind, `code ${masked(code?.value)}`, `serial ${masked(certificate.serial)}`,
    `issuer ${commonName(certificate.issuer)}`, `${certificate.notBefore}..${certificate.notAfter}`,
    chain && `chain ${chain.length}`, product && `product ${product.id}`,
  ].filter(Boolean);
}

/** Containers that a lock of this kind has elsewhere. */
function missing(test, step) {
  const has = new Set(test.containers.map(({ name }) => name));
  const wanted = new Set(test.containers.flatMap(({ product }) => product?.containers ?? []));
  for (const name of wanted) if (!has.has(name)) step.line(name).note("CONTAINER_MISSING");
}

/** Enough to tell two apart on the telephone, and not enough to know whose it is. */
export function masked(text) {
  if (!text) return "-";
  return text.length > 8 ? `${text.slice(0, 2)}***${text.slice(-4)}` : "***";
}
