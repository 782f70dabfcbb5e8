/**
 * `<calock-seal>`: opens a document, shows it, lets a person put seals where they belong, has the lock sign, and gives the sealed file.
 *
 * Attributes: `post-url` (where the sealed file is posted on request, by a statement for the account of property `account`, with the header
 * `x-calock-csrf` from property `csrf`; `challenge` and `uploads` are beside it), `post-at-once` (without being asked, once every seal that
 * was suggested is set), `seals-url` (a JSON list of `{url}`: seals that the portal keeps), `lang`. Method `open(file)`; property `refusal`: a code, such as
 * NO_SEAL, that stands against sealing here. Events "calock-sealed" (`detail.file`), "calock-posted" (`detail.answer`), "calock-error".
 * @module
 */
import { languageOf, learn, learnMore } from "../catalogue.js";
import { button, h } from "../element/dom.js";
import { Words, langOf } from "../element/language.js";
import { CalockError, asCalockError, describe } from "../errors.js";
import { locks } from "../functions.js";
import all from "../messages.seal.js";
import { openDocument, readSeal } from "./document.js";
import { SealList, mayUse } from "./list.js";
import { Model, snapped } from "./model.js";
import { asking } from "./pin.js";
import { posting } from "./posting.js";
import { checksOf, sealedName } from "./result.js";
import { Rows } from "./rows.js";
import { sealsIn, signersIn, seal as sealWith } from "./signing.js";
import style from "./seal.css.js";
import { Sheets } from "./sheets.js";

const Base = globalThis.HTMLElement ?? class {};

export class CalockSeal extends Base {
  /** A code that stands against sealing on this page. */
  refusal;
  /** Sent along with a post, as the reference portal wants it. */
  csrf;
  /** Whose the posted documents are: the portal's handle. */
  account;
  /**
   * Where seals are suggested: their middles, in millimetres of a page. The seals of the lock are put there as soon as there is a
   * document in which nothing stands. What was sealed is suggested no longer.
   * @type {{page: number, x: number, y: number}[]}
   */
  suggested = [];
  /** Settled once its texts are there. */
  #drawn = Promise.withResolvers();
  #root;
  #model = new Model();
  #words;
  #w;
  #parts;
  #document;
  #tools;
  #signers;
  /** Who sealed last. */
  #signer;
  #work;
  #problems = new Map();

  async connectedCallback() {
    if (this.#root) return;
    this.#root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.#root.adoptedStyleSheets = [sheet];
    const language = languageOf(langOf(this));
    await Promise.all([learn(language), learnMore()]);
    this.#words = new Words(language);
    const texts = all[this.#words.language];
    this.#w = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    this.#build();
    this.#model.addEventListener("change", () => this.#update());
    this.#update();
    this.#drawn.resolve();
    if (this.hasAttribute("seals-url")) this.#run(() => this.#fromPortal());
  }

  /** Opens a document. @param {Blob} file */
  async open(file) {
    await this.#drawn.promise;
    return this.#run(() => this.#open(file));
  }

  async #open(file) {
    this.#say("opening");
    const document = await openDocument(file, { signal: this.#work.signal });
    this.#document?.close();
    this.#document = document;
    this.#model.clear();
    this.#parts.sheets.show(document);
    const pages = document.pages.length;
    this.#parts.fileName.textContent = this.#w("fileFacts", { name: document.name, n: pages, size: (file.size / 1e6).toFixed(1) });
    this.#parts.earlier.replaceChildren();
    this.#parts.result.replaceChildren();
    this.#say("opened", { n: pages });
    this.#suggest();
  }

  async #connect() {
    this.#say("connecting");
    await this.#tools?.close();
    this.#tools = undefined;
    const known = await locks.known();
    const lock = known.length === 1 ? known[0] : await locks.request({ all: true });
    const tools = await lock.tools();
    this.#say("reading");
    this.#signers = await signersIn(tools);
    const seals = await sealsIn(tools);
    this.#tools = tools;
    this.#parts.list.take("lock", seals);
    this.#say(seals.length ? "sealsFound" : "noSealInLock", { n: seals.length });
    this.#suggest();
    this.dispatchEvent(new CustomEvent("calock-connected", { detail: { signers: this.#signers, seals: seals.length } }));
  }

  async #fromFiles(files) {
    for (const file of files) this.#parts.list.add("file", await readSeal(file));
    this.#say("sealAdded");
  }

  async #fromPortal() {
    const ask = async (url) => {
      const response = await fetch(url);
      if (!response.ok) throw new CalockError("SUBMIT_FAILED", { detail: `HTTP ${response.status}` });
      return response;
    };
    const base = this.getAttribute("seals-url");
    for (const { url } of await (await ask(base)).json()) {
      this.#parts.list.add("portal", await readSeal(await (await ask(new URL(url, new URL(base, location.href)))).blob()));
    }
  }

  #add(seal, page = this.#parts.sheets.current(), middle) {
    const size = this.#document.pages[page - 1];
    if (!size) return;
    const { x, y } = middle ?? { x: size.width / 2, y: size.height / 2 };
    const place = snapped({ x: x - seal.info.width / 2, y: y - seal.info.height / 2 }, seal.info, size);
    const id = this.#model.add({ seal, placement: { pages: String(page), ...place } });
    this.#say("added", { name: seal.info.name, n: page });
    return id;
  }

  /** Puts the seals of the lock at the places that were suggested, one at each. */
  #suggest() {
    const seals = this.#parts.list.seals.map(({ seal }) => seal).filter((seal) => this.#signers?.some((signer) => mayUse(seal, signer)));
    if (!this.#document || seals.length === 0 || this.#model.items.length) return;
    this.suggested.forEach(({ page, ...middle }, index) => seals[index] && this.#add(seals[index], page, middle));
  }

  #addAcross(seal) {
    const { height } = this.#document.pages.find(Boolean) ?? { height: 297 };
    const at = Math.max(Math.round(height - seal.info.height) / 2, 0);
    this.#model.add({ seal, placement: { across: "right", at, pages: "all", skipFirst: 0, skipLast: 0, slices: 0 } });
    this.#say("addedAcross", { name: seal.info.name });
  }

  async #seal() {
    if (this.refusal) throw new CalockError(this.refusal);
    if (!this.#tools || this.#tools.closed) await this.#connect();
    this.#parts.list.draw(this.#signers, true);
    const { items } = this.#model;
    if ([...this.#problems.values()].some(Boolean)) throw new CalockError("PLACEMENT_INVALID");
    const seals = [...new Set(items.map(({ seal }) => seal))];
    const signer = this.#signers.find((one) => seals.every((seal) => mayUse(seal, one)));
    if (!signer) throw new CalockError(this.#signers.length ? "SEAL_MISMATCH" : "CERT_NOT_FOUND");
    const stamps = seals.map((seal) => ({ seal, placements: items.filter((item) => item.seal === seal).map(({ placement }) => placement) }));
    this.#progress(0);
    const [url, { signal }] = [this.getAttribute("post-url"), this.#work];
    const sent = url && (await posting(url, this).catch(() => undefined));
    const statement = sent && { ask: (sealed) => sent.ask(sealed.file, signer, { signal }), take: (signed) => sent.take(signed) };
    const file = await sealWith(this.#document, {
      tools: this.#tools, certificate: signer.fingerprint, stamps, statement, lock: this.#parts.lock.checked, signal,
      pin: asking(this.#root, this.#words, this.#w("sign")),
      onStep: ({ at }) => this.#say(at === "done" ? "sealed" : "step", { step: this.#words.of("steps", at) }),
      onProgress: (part) => this.#progress(part),
    });
    this.#signer = signer;
    this.suggested = this.suggested.slice(items.length);
    await this.#finished(new File([file], sealedName(this.#document.name, this.#w("mark")), { type: file.type }), sent);
  }

  async #finished(file, sent) {
    const [w, { result }] = [this.#w, this.#parts];
    this.#progress(undefined);
    const address = URL.createObjectURL(file);
    const checks = h("div", { class: "checks" }, h("p", null, w("verifying")));
    const post = this.hasAttribute("post-url") && button("secondary", w("post"), () => this.#run(() => this.#post(file, sent).then((done) => (post.hidden = done))));
    result.replaceChildren(
      h("h3", { tabindex: "-1" }, w("sealedTitle")),
      h("p", null, file.name),
      h(
        "p", { class: "actions" },
        h("a", { class: "primary as-button", href: address, download: file.name }, w("download")),
        post,
        button("secondary", w("continue"), () => this.open(file)),
      ),
      checks,
    );
    result.querySelector("h3").focus();
    this.dispatchEvent(new CustomEvent("calock-sealed", { detail: { file }, bubbles: true }));
    const sealed = await openDocument(file, { signal: this.#work.signal });
    try {
      const { signatures } = await sealed.verify({ signal: this.#work.signal, onProgress: (part) => this.#progress(part) });
      checks.replaceChildren(checksOf(signatures, w, this.#words));
      this.dispatchEvent(new CustomEvent("calock-verified", { detail: { signatures } }));
      this.#say("sealedAndChecked");
      if (this.hasAttribute("post-at-once") && this.suggested.length === 0) await this.#post(file, sent);
    } finally {
      sealed.close();
    }
  }

  /** @param {File} file @param {import("../seal-post.js").Posting} [sent] with the statement that was signed when it was sealed
   * @returns {Promise<boolean>} whether it is there; not when it was stopped */
  async #post(file, sent) {
    this.#say("posting");
    const { signal } = this.#work;
    try {
      sent ??= await posting(this.getAttribute("post-url"), this);
      const answer = await sent.post(file, {
        signal,
        signer: () => this.#whoPosts(),
        sign: ({ fingerprint }, challenge) =>
          this.#tools.statement({ certificate: fingerprint, challenge, pin: asking(this.#root, this.#words, this.#w("post")), signal }),
        onProgress: (part) => {
          this.#progress(part);
          this.#say("posting");
        },
        onWait: (seconds) => this.#say("postWaits", { n: Math.ceil(seconds) }),
      });
      this.#say("posted");
      this.dispatchEvent(new CustomEvent("calock-posted", { detail: { answer }, bubbles: true }));
      return true;
    } catch (error) {
      if (error.code !== "ABORTED") throw error;
      this.#say("postKept");
      return false;
    }
  }

  async #whoPosts() {
    if (!this.#tools || this.#tools.closed) await this.#connect();
    const known = this.#signers.find(({ fingerprint }) => fingerprint === this.#signer?.fingerprint);
    if (!known && !this.#signers.length) throw new CalockError("CERT_NOT_FOUND");
    return known ?? this.#signers[0];
  }

  async #verify() {
    this.#say("verifying");
    const { signatures } = await this.#document.verify({ signal: this.#work.signal, onProgress: (part) => this.#progress(part) });
    this.#parts.earlier.replaceChildren(checksOf(signatures, this.#w, this.#words));
    this.#say("verified", { n: signatures.length });
  }

  /** One piece of work at a time; its error is told in one place. */
  async #run(work) {
    if (this.#work) return;
    this.#work = new AbortController();
    this.#problem();
    this.#update();
    try {
      await work();
    } catch (error) {
      this.#say();
      this.#problem(asCalockError(error));
    } finally {
      this.#work = undefined;
      this.#progress(undefined);
      if (this.#tools?.closed) this.#signers = undefined;
      this.#update();
    }
  }

  #say(key, values) {
    const text = key ? this.#w(key, values) : "";
    // A screen reader says it again each time that it is set.
    if (this.#parts.status.textContent !== text) this.#parts.status.textContent = text;
  }

  #progress(part) {
    const { bar, progress } = this.#parts;
    bar.hidden = part === undefined;
    if (part !== undefined) progress.value = part;
  }

  #problem(error) {
    const { problem } = this.#parts;
    problem.hidden = !error;
    problem.replaceChildren();
    if (!error) return;
    const { code, what, todo } = describe(error, this.#words.lang);
    problem.dataset.code = code;
    problem.append(h("strong", null, what), " ", todo, " ", h("small", null, code));
    problem.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("calock-error", { detail: { error }, bubbles: true }));
  }

  #build() {
    const w = this.#w;
    const picker = (accept, several, take) => {
      const input = h("input", { type: "file", accept, multiple: several, class: "hidden", tabindex: "-1", "aria-hidden": "true" });
      input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = "";
        if (files.length) this.#run(() => take(files));
      });
      return input;
    };
    const files = picker(".ofd,.pdf", false, ([file]) => this.#open(file));
    const sealFiles = picker(".esl,.asn1,.der", true, (chosen) => this.#fromFiles(chosen));
    const sheets = new Sheets(this.#model, w, (id, error) => this.#placed(id, error));
    const list = new SealList(this.#words, w, { onAdd: (seal) => this.#add(seal), onAcross: (seal) => this.#addAcross(seal) });
    const rows = new Rows(this.#model, w, (id) => sheets.focus(id));
    sheets.onDrop = (index, page, at) => list.seals[index] && this.#add(list.seals[index].seal, page, at);
    const act = (part, word, work) => button(part, w(word), work);
    const run = (part, word, work) => act(part, word, () => this.#run(work));
    const parts = {
      sheets, list, rows,
      status: h("p", { class: "status", role: "status" }),
      problem: h("div", { class: "problem", role: "alert", hidden: true }),
      progress: h("progress", { max: 1, value: 0, "aria-label": w("progress") }),
      fileName: h("p", { class: "file-name" }, w("noFile")),
      earlier: h("div", { class: "checks" }),
      result: h("section", { class: "result", "aria-live": "polite" }),
      lock: h("input", { type: "checkbox", id: "lock" }),
      choose: act("primary", "choose", () => files.click()),
      verify: run("secondary", "verify", () => this.#verify()),
      postOpened: run("secondary", "postOpened", () => this.#post(this.#document.file)),
      connect: run("secondary", "connect", () => this.#connect()),
      load: act("secondary", "sealFromFile", () => sealFiles.click()),
      undo: act("small secondary", "undo", () => this.#model.undo()),
      redo: act("small secondary", "redo", () => this.#model.redo()),
      sign: run("primary wide-button", "sign", () => this.#seal()),
    };
    parts.bar = h("div", { class: "bar", hidden: true }, parts.progress, act("small secondary", "cancel", () => this.#work?.abort()));
    const drop = h("div", { class: "drop" }, h("p", null, w("dropHere")), parts.choose, files);
    const sections = [
      h("section", { "aria-labelledby": "step-1" }, h("h2", { id: "step-1" }, w("stepFile")), drop, parts.fileName, h("p", { class: "actions" }, parts.verify, parts.postOpened), parts.earlier),
      h("section", { "aria-labelledby": "step-2" }, h("h2", { id: "step-2" }, w("stepSeals")), h("p", { class: "actions" }, parts.connect, parts.load, sealFiles), list.element),
      h("section", { "aria-labelledby": "step-3" }, h("h2", { id: "step-3" }, w("stepPlaces")), h("p", { class: "hint", id: "moving" }, w("moving")), rows.element, h("p", { class: "tools" }, parts.undo, parts.redo)),
      h("section", { "aria-labelledby": "step-4" }, h("h2", { id: "step-4" }, w("stepSign")), h("label", { class: "check", for: "lock" }, parts.lock, h("span", null, w("lockDocument"))), parts.sign, parts.bar, parts.status, parts.problem, parts.result),
    ];
    parts.view = h("div", { class: "view" }, h("p", { class: "hint" }, w("previewNote")), sheets.element);
    const frame = h("div", { class: "frame" }, sections.slice(0, 2), parts.view, sections.slice(2));
    // A file may be dropped anywhere; a seal only on a page.
    frame.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    frame.addEventListener("drop", (event) => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      this.#run(() => (/\.esl$/i.test(file.name) ? this.#fromFiles([file]) : this.#open(file)));
    });
    this.#parts = parts;
    this.#root.append(frame);
  }

  #placed(id, error) {
    this.#problems.set(id, error);
    this.#parts.rows.problem(id, error && describe(error, this.#words.lang).what);
  }

  #update() {
    const { list, view, undo, redo, sign, choose, verify, postOpened, connect, load } = this.#parts;
    const busy = Boolean(this.#work);
    const { items } = this.#model;
    for (const id of this.#problems.keys()) if (!items.some((item) => item.id === id)) this.#problems.delete(id);
    view.hidden = !this.#document;
    verify.hidden = !this.#document;
    postOpened.hidden = !this.#document || !this.hasAttribute("post-url");
    undo.disabled = busy || !this.#model.canUndo;
    redo.disabled = busy || !this.#model.canRedo;
    sign.disabled = busy || !this.#document || items.length === 0;
    for (const control of [choose, verify, postOpened, connect, load]) control.disabled = busy;
    this.setAttribute("aria-busy", String(busy));
    list.draw(this.#signers, Boolean(this.#document) && !busy);
  }
}
