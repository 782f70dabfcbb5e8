/** One certificate as the portal keeps it (E19), with what happened to its lock. */
import { get } from "/site/api.js";
import { show, trouble } from "/site/confirm.js";
import { facts, h } from "/site/dom.js";
import { date, live, say, t, when } from "/site/words.js";

export async function viewLock({ binding }) {
  const content = await get(`/api/bindings/${binding}`).then(drawn, (error) => [trouble(error)]);
  show({ title: () => t("viewTitle"), content });
}

function drawn({ binding, certificate, history }) {
  const { holder, may } = certificate;
  const rights = [["logIn", "mayLogIn"], ["seal", "maySeal"], ["bid", "mayBid"]].filter(([key]) => may[key]).map(([, text]) => text);
  const name = (attributes) => attributes.map(({ name: kind, value }) => `${kind}=${value}`).join(", ");
  return [
    facts(
      [t("lockNumber"), h("span.number", null, binding.lockNumber), " · ", say(binding.words.role)],
      [t("holder"), holder.name],
      [t("person"), holder.person !== holder.name && holder.person],
      [t("kindOfLock"), t(`kind_${holder.kind}`)],
      [t("holderCode"), holder.identities[0]?.masked],
      [t("subject"), name(certificate.subject)],
      [t("issuer"), name(certificate.issuer)],
      [t("product"), binding.product && say(binding.product.title)],
      [t("may"), ...rights.flatMap((text, index) => (index ? ["、", t(text)] : [t(text)]))],
      [t("serial"), certificate.serial],
      [t("algorithm"), certificate.algorithm],
      [t("validity"), live(() => `${date(certificate.notBefore, true)} – ${date(certificate.notAfter, true)}`)],
      [t("fingerprint"), h("span.number", null, certificate.fingerprint)],
      [t("boundAt"), when(binding.boundAt, true)],
    ),
    h("h3", null, t("historyTitle")),
    h("ul.rights", null, history.map(({ at, words, by, reason }) =>
      h("li", null, h("span.line", null, say(words), reason && ` · ${reason}`, h("small", null, when(at, true), " · ", t(`by_${by}`)))))),
  ];
}
