/**
 * Choosing among several locks or several certificates. Most people have one of each, so this file is fetched when it is
 * wanted and holds all that only they would miss.
 * @module
 */
import { describe } from "./functions.js";
import sentences from "./messages.choice.js";
import { commonName, dateNote, holderName } from "./element/certificate.js";
import { button, h } from "./element/dom.js";

/** Locks that were read and not taken may take this long to be let go. */
const FAREWELL = 1000;

/**
 * @typedef {(state: string, more: {build: Function}) => Promise<object|null>} Ask shows a panel; ends with what its `act.answer`
 *   is given
 */

/**
 * Which of several locks: by the names in their certificates, never by their place on the USB. Locks that come and go
 * while the question stands come and go in the list.
 * @param {Ask} ask
 * @param {readonly object[]} known
 * @param {EventTarget & {known: () => Promise<readonly object[]>}} list
 * @param {AbortSignal} signal
 * @returns {Promise<object|null>} null for "another one"
 */
export async function chooseLock(ask, known, list, signal) {
  const panel = new LockPanel(known);
  const reading = new AbortController();
  const stop = () => reading.abort();
  const changed = async () => {
    panel.locks = await list.known().catch(() => []);
    panel.draw();
    await panel.read(reading.signal);
  };
  signal.addEventListener("abort", stop);
  for (const type of ["added", "removed"]) list.addEventListener(type, changed);
  try {
    const answer = ask("locks", { build: (model, words) => panel.build(model, words) });
    panel.read(reading.signal);
    const chosen = await answer;
    stop();
    await panel.letGo(chosen);
    return chosen;
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
    for (const type of ["added", "removed"]) list.removeEventListener(type, changed);
    if (signal.aborted) panel.letGo(null);
  }
}

class LockPanel {
  /** What kept a lock from being read, as an error; by lock. */
  #failures = new Map();
  #touched = new Set();
  #busy = false;
  #entries = h("ul", { class: "choices" });
  #rows = new Map();
  #words;
  #act;

  constructor(locks) {
    this.locks = locks;
  }

  build({ act }, words) {
    this.#words = words;
    this.#act = act;
    this.#rows.clear();
    this.draw();
    const target = h("h2", { tabindex: "-1" }, word(words, "chooseLock"));
    const actions = [button("secondary", words.ui("other"), () => act.answer(null)), button("secondary", words.ui("cancel"), () => act.cancel())];
    return { content: h("div", null, target, this.#entries, h("div", { class: "actions" }, actions)), target };
  }

  /** Changes what has changed and leaves the rest in place: somebody may have the focus on it. */
  draw() {
    for (const [lock, row] of this.#rows) if (!this.locks.includes(lock)) row.remove();
    this.locks.forEach((lock, index) => {
      if (!this.#rows.has(lock)) {
        const act = () => this.#act.answer(lock);
        this.#rows.set(lock, h("li", null, h("button", { type: "button", part: "lock", class: "choice", onclick: act })));
      }
      const row = this.#rows.get(lock);
      row.firstChild.replaceChildren(this.#text(lock, index));
      if (row.parentNode !== this.#entries) this.#entries.append(row);
    });
  }

  /** One after the other: locks of one model share a turn. */
  async read(signal) {
    if (this.#busy) return;
    this.#busy = true;
    for (let lock; !signal.aborted && (lock = this.#unread()); this.draw()) {
      this.#touched.add(lock);
      try {
        await lock.certificates({ signal });
      } catch (error) {
        this.#failures.set(lock, error);
      }
    }
    this.#busy = false;
  }

  /** What was read and is not wanted is for other pages, and for the login that follows. */
  async letGo(chosen) {
    const closing = [...this.#touched].filter((lock) => lock !== chosen).map((lock) => lock.close());
    await Promise.race([Promise.all(closing), new Promise((resolve) => { setTimeout(resolve, FAREWELL); })]);
  }

  #unread() {
    return this.locks.find((lock) => !lock.certificatesRead && !this.#failures.has(lock));
  }

  #text(lock, index) {
    const certificate = lock.certificatesRead?.find(({ usage }) => usage !== "encryption") ?? lock.certificatesRead?.[0];
    if (certificate) return certificateLine(this.#words, certificate);
    const failure = this.#failures.get(lock);
    const note = failure ? describe(failure, this.#words.lang).what : this.#words.of("steps", "reading");
    return h("span", { class: "line" }, h("strong", null, word(this.#words, "lock").replace("{n}", () => index + 1)), h("small", null, `${lock.name} · ${note}`));
  }
}

/**
 * Which of several signing certificates in one lock.
 * @param {Ask} ask
 * @param {readonly object[]} list
 * @returns {Promise<object>}
 */
export function chooseCertificate(ask, list) {
  return ask("certificates", { build: (model, words) => certificatePanel(list, model, words) });
}

function certificatePanel(list, { act }, words) {
  const choices = list.map((certificate) => {
    const usable = certificate.state === "ok";
    const input = h("input", { type: "radio", name: "certificate", disabled: !usable, required: true, value: certificate.fingerprint });
    return h("label", { class: `choice${usable ? "" : " off"}` }, input, certificateLine(words, certificate));
  });
  const target = choices.map((choice) => choice.firstChild).find((input) => !input.disabled);
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        const picked = choices.findIndex((choice) => choice.firstChild.checked);
        if (picked >= 0) act.answer(list[picked]);
      },
    },
    h("fieldset", null, h("legend", null, word(words, "chooseCertificate")), choices),
    h("div", { class: "actions" }, h("button", { type: "submit", part: "button primary", class: "primary" }, word(words, "continue")), button("secondary", words.ui("cancel"), () => act.cancel())),
  );
  return { content: form, target };
}

/** A word that only this file needs. */
function word({ language }, key) {
  return sentences[language][key];
}

/** Who, of what enterprise, until when. */
function certificateLine(words, certificate) {
  const { person } = certificate.holder;
  const name = holderName(certificate);
  return h(
    "span",
    { class: "line" },
    h("strong", null, name, person && person !== name && ` · ${person}`),
    h("small", null, `${commonName(certificate.issuer)} · ${words.ui("until")} ${words.date(certificate.notAfter)}`),
    dateNote(words, certificate),
  );
}
