/** What is in the lock, as it stands on the page. */
import { date, fact, find, make, w } from "/lock/words.js";

/** @param {object} report LockReport of index.d.ts */
export function show(report) {
  const { device, applications } = report;
  const [pin] = applications.map((application) => application.pin).filter(Boolean);
  find("facts").replaceChildren(
    ...fact("model", report.model),
    ...fact("label", device?.label),
    ...fact("serial", device?.serial),
    ...fact("manufacturer", device?.manufacturer),
    ...fact("firmware", device?.firmware),
    ...fact("space", device?.freeSpace === null || device === null ? "" : w("spaceOf", `${kilo(device.freeSpace)} / ${kilo(device.totalSpace)}`)),
    ...fact("applications", applications.map(({ name }) => name).join("、") || w("none")),
    ...fact("tries", pin ? w("triesOf", `${pin.triesLeft} / ${pin.triesMax}`) : ""),
  );
  find("label-form").hidden = report.readOnly;
  const containers = applications.flatMap((application) => application.containers);
  find("container-list").replaceChildren(
    ...(report.readOnly ? [make("p", { class: "notice" }, w("readOnly"))] : []),
    ...containers.map(container),
    ...(containers.length === 0 && !report.readOnly ? [make("p", { class: "hint" }, w("noContainers"))] : []),
  );
  files(applications.flatMap((application) => application.files));
}

function container({ name, kind, signing, encryption, unfinished }) {
  return make(
    "article",
    { class: "container" },
    make("h3", {}, make("span", { class: "kind" }, w(`kind_${kind}`)), name, unfinished ? make("span", { class: "tag" }, w("isUnfinished")) : ""),
    make("div", { class: "pair" }, place("signing", signing), place("encryption", encryption)),
  );
}

/** One of a container's two places. */
function place(key, { state, bits, certificate }) {
  const title = make("h4", {}, w(key));
  if (!certificate) return make("section", {}, title, make("p", { class: "hint" }, w(`state_${state}`, bits)));
  const { holder, issuer } = certificate;
  const by = issuer.find(({ name }) => name === "CN") ?? issuer.at(-1);
  const until = `${date(certificate.notBefore)} – ${date(certificate.notAfter)}`;
  return make(
    "section",
    {},
    title,
    make(
      "dl",
      { class: "facts" },
      ...fact("holder", holder.name),
      ...fact("user", holder.person !== holder.name && holder.person),
      ...fact("holderKind", w(`holder_${holder.kind}`)),
      ...holder.identities.slice(0, 1).flatMap(({ masked }) => fact("number", masked)),
      ...fact("issuer", by?.value),
      ...fact("certificateSerial", certificate.serial),
      ...fact("validity", certificate.state === "ok" ? until : `${until}（${w(`validity_${certificate.state}`)}）`),
      ...fact("key", `${certificate.algorithm === "SM2-SM3" ? "SM2" : certificate.algorithm === "ES256" ? "P-256" : "RSA"} ${bits}`),
    ),
  );
}

function files(list) {
  if (list.length === 0) return find("file-list").replaceChildren(make("p", { class: "hint" }, w("noFiles")));
  const rights = (right) => (["nobody", "administrator", "user", "anyone"].includes(right) ? w(`right_${right}`) : right ?? "–");
  const row = (tag, ...cells) => make("tr", {}, ...cells.map((cell) => make(tag, tag === "th" ? { scope: "col" } : {}, cell)));
  return find("file-list").replaceChildren(
    make(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": w("files") },
      make(
        "table",
        {},
        make("thead", {}, row("th", w("fileName"), w("fileSize"), w("fileRead"), w("fileWrite"))),
        make("tbody", {}, ...list.map((file) => row("td", file.name, file.size === null ? "–" : w("bytes", String(file.size)), rights(file.read), rights(file.write)))),
      ),
    ),
  );
}

function kilo(bytes) {
  return `${(bytes / 1024).toFixed(1)} kB`;
}
