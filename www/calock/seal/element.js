/**
 * `<calock-seal>`: opens a document, shows it, lets a person put seals where they belong, has the lock sign, and gives the sealed file.
 *
 * Attributes: `post-url` (where the sealed file is posted on request, by a statement for the account of property `account`, with the header
 * `x-calock-csrf` from property `csrf`; `challenge` and `uploads` are beside it), `post-at-once` (without being asked, once every seal that
 * was suggested is set), `seals-url` (a JSON list of `{url}`: seals that the portal keeps), `lang`, which may change at any time. Method
 * `open(file)`; properties `refusal`: a code, such as NO_SEAL, that stands against sealing here, and `unsaved`: whether places would be lost with the page, which
 * then asks before it is left. Events "calock-sealed" (`detail.file`), "calock-posted" (`detail.answer`), "calock-error".
 * @module
 */
import { langOf } from "../element/language.js";
import { CalockError, describe } from "../errors.js";
import { locks } from "../functions.js";
import { openDocument, readSeal } from "./document.js";
import { Face } from "./face.js";
import { SealList, mayUse } from "./list.js";
import { Model, placedIn } from "./model.js";
import { orderOf } from "./order.js";
import { asking } from "./pin.js";
import { sealedName } from "./result.js";
import { Rows } from "./rows.js";
import { sealsIn, signersIn, seal as sealWith } from "./signing.js";
import style from "./seal.css.js";
import { Sheets } from "./sheets.js";
import { Speech } from "./speech.js";
import { Work } from "./work.js";

const Base = globalThis.HTMLElement ?? class {};

export class CalockSeal extends Base {
  static observedAttributes = ["lang"];
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
  #speech = new Speech();
  #w = this.#speech.w;
  #work;
  #face;
  #sheets;
  #list;
  #rows;
  #fields;
  #document;
  #tools;
  #signers;
  /** Who sealed last. */
  #signer;
  #problems = new Map();
  /** The items that went into the last file. */
  #saved = this.#model.items;
  #asking = (event) => event.preventDefault();

  async connectedCallback() {
    if (this.#root) return this.#guard();
    this.#root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.#root.adoptedStyleSheets = [sheet];
    await this.#speech.speak(langOf(this));
    this.#build();
    this.#model.addEventListener("change", () => this.#update());
    this.#speech.follow(() => this.#update());
    this.#drawn.resolve();
    if (this.hasAttribute("seals-url")) this.#work.run(() => this.#fromPortal());
  }

  disconnectedCallback() {
    removeEventListener("beforeunload", this.#asking);
  }

  attributeChangedCallback() {
    if (this.#face) this.#speech.speak(langOf(this));
  }

  /** Opens a document. @param {Blob} file */
  async open(file) {
    await this.#drawn.promise;
    return this.#work.run(() => this.#open(file));
  }

  /** Whether something was placed and not sealed. */
  get unsaved() {
    return this.#model.items.length > 0 && this.#model.items !== this.#saved;
  }

  async #open(file) {
    this.#work.say("opening");
    const document = await openDocument(file, { signal: this.#work.signal });
    this.#document?.close();
    this.#document = document;
    this.#model.clear();
    this.#sheets.show(document);
    this.#face.opened(document);
    await this.#showFields(await document.fields());
    this.#work.say("opened", { n: document.pages.length });
    this.#suggest();
  }

  /** The empty signature fields of a document, which few have. */
  async #showFields(fields) {
    if (fields.length && !this.#fields) {
      const { Fields } = await this.#more();
      this.#fields = new Fields(this.#model, this.#speech, (field) => this.#work.run(() => this.#addInField(field)));
      this.#sheets.below = (number) => this.#fields.on(number);
      this.#face.fields.replaceChildren(this.#fields.element);
    }
    this.#fields?.show(fields);
    this.#sheets.draw();
  }

  async #connect() {
    this.#work.say("connecting");
    await this.#tools?.close();
    this.#tools = undefined;
    const known = await locks.known();
    const lock = known.length === 1 ? known[0] : await locks.request({ all: true });
    const tools = await lock.tools();
    this.#work.say("reading");
    this.#signers = await signersIn(tools);
    const seals = await sealsIn(tools);
    this.#tools = tools;
    this.#list.take("lock", seals);
    this.#work.say(seals.length ? "sealsFound" : "noSealInLock", { n: seals.length });
    this.#suggest();
    this.dispatchEvent(new CustomEvent("calock-connected", { detail: { signers: this.#signers, seals: seals.length } }));
  }

  async #fromFiles(files) {
    for (const file of files) this.#list.add("file", { seal: await readSeal(file) });
    this.#work.say("sealAdded");
  }

  async #fromPortal() {
    const ask = async (url) => {
      const response = await fetch(url);
      if (!response.ok) throw new CalockError("SUBMIT_FAILED", { detail: `HTTP ${response.status}` });
      return response;
    };
    const base = this.getAttribute("seals-url");
    for (const { url } of await (await ask(base)).json()) {
      this.#list.add("portal", { seal: await readSeal(await (await ask(new URL(url, new URL(base, location.href)))).blob()) });
    }
  }

  /** Puts a seal or a handwriting on a page. */
  #add(what, number = this.#sheets.current(), middle) {
    const size = this.#document.pages[number - 1];
    if (!size) return;
    this.#model.add(placedIn(what, number, size, middle));
    this.#work.say("added", () => ({ name: what.seal?.info.name ?? this.#w("handwriting"), n: number }));
  }

  /** Puts the seals of the lock at the places that were suggested, one at each. */
  #suggest() {
    const seals = this.#list.seals.filter((seal) => this.#signers?.some((signer) => mayUse(seal, signer)));
    if (!this.#document || seals.length === 0 || this.#model.items.length) return;
    this.suggested.forEach(({ page, ...middle }, index) => seals[index] && this.#add({ seal: seals[index] }, page, middle));
  }

  #addAcross({ seal }) {
    const { height } = this.#document.pages.find(Boolean) ?? { height: 297 };
    const at = Math.max(Math.round(height - seal.info.height) / 2, 0);
    this.#model.add({ seal, placement: { across: "right", at, pages: "all", skipFirst: 0, skipLast: 0, slices: 0 } });
    this.#work.say("addedAcross", { name: seal.info.name });
  }

  async #addInField(field) {
    const seals = this.#list.seals;
    const seal = seals.length > 1 ? await (await this.#more()).chooseSeal(this.#dialog(), seals) : seals[0];
    if (!seal) return seals.length || this.#work.say("sealFirst");
    const id = this.#model.add({ seal, placement: { field: field.name } });
    this.#sheets.hold(id, field.page);
    this.#work.say("addedInField", { name: seal.info.name, field: field.name });
  }

  async #byKeyword({ seal }) {
    const { askKeyword } = await this.#more();
    const placements = await askKeyword(this.#dialog(), { seal, document: this.#document, runs: () => this.#sheets.runs() });
    if (!placements) return;
    this.#model.add(...placements.map((placement) => ({ seal, placement })));
    this.#work.say("addedByKeyword", { name: seal.info.name, n: placements.length });
  }

  async #handwrite() {
    const { askHandwriting } = await this.#more();
    const written = await askHandwriting(this.#dialog());
    if (!written) return;
    this.#list.add("hand", written);
    this.#update();
    if (this.#document) this.#add(written);
  }

  #dialog() {
    return { root: this.#root, speech: this.#speech };
  }

  /** What is asked in dialogs, once somebody wants to. */
  async #more() {
    const more = await import("../seal-more.js");
    more.dress(this.#root, this.#speech);
    return more;
  }

  async #seal() {
    if (this.refusal) throw new CalockError(this.refusal);
    if (!this.#tools || this.#tools.closed) await this.#connect();
    this.#list.draw(this.#signers, true);
    const { items } = this.#model;
    if ([...this.#problems.values()].some(Boolean)) throw new CalockError("PLACEMENT_INVALID");
    const order = orderOf(items);
    const signer = this.#signers.find((one) => order.stamps.every(({ seal }) => mayUse(seal, one)));
    if (!signer) throw new CalockError(this.#signers.length ? "SEAL_MISMATCH" : "CERT_NOT_FOUND");
    this.#work.progress(0);
    const { signal } = this.#work;
    const sent = this.hasAttribute("post-url") ? await this.#posting().catch(() => undefined) : undefined;
    const statement = sent && { ask: (sealed) => sent.ask(sealed.file, signer, { signal }), take: (signed) => sent.take(signed) };
    const file = await sealWith(this.#document, {
      ...order, tools: this.#tools, certificate: signer.fingerprint, statement, lock: this.#face.lock.checked, signal,
      pin: asking(this.#root, this.#speech.words, this.#w("sign")),
      onStep: ({ at }) => this.#work.say(at === "done" ? "sealed" : "step", () => ({ step: this.#speech.words.of("steps", at) })),
      onProgress: (part) => this.#work.progress(part),
    });
    this.#saved = items;
    this.#signer = signer;
    this.suggested = this.suggested.slice(items.length);
    await this.#finished(new File([file], sealedName(this.#document.name, this.#w("mark")), { type: file.type }), sent);
  }

  async #finished(file, sent) {
    this.#work.progress(undefined);
    const post = async () => this.#face.posted(await this.#post(file, sent));
    this.#face.sealed(file, { post: this.hasAttribute("post-url") && (() => this.#work.run(post)), goOn: () => this.open(file) });
    this.#update();
    this.dispatchEvent(new CustomEvent("calock-sealed", { detail: { file }, bubbles: true }));
    const sealed = await openDocument(file, { signal: this.#work.signal });
    try {
      const signatures = await this.#checked(sealed);
      this.#face.outcome.show(signatures);
      this.dispatchEvent(new CustomEvent("calock-verified", { detail: { signatures } }));
      this.#work.say("sealedAndChecked");
      if (this.hasAttribute("post-at-once") && this.suggested.length === 0) await post();
    } finally {
      sealed.close();
    }
  }

  async #checked(document) {
    this.#work.say("verifying");
    const { signatures } = await document.verify({ signal: this.#work.signal, onProgress: (part) => this.#work.progress(part) });
    return signatures;
  }

  /** @param {File} file @param {import("../seal-post.js").Posting} [sent] with the statement that was signed when it was sealed
   * @returns {Promise<boolean>} whether it is there; not when it was stopped */
  async #post(file, sent) {
    sent ??= await this.#posting();
    const answer = await sent.deliver(file, this.#work, {
      signer: () => this.#whoPosts(),
      sign: ({ fingerprint }, challenge, signal) =>
        this.#tools.statement({ certificate: fingerprint, challenge, pin: asking(this.#root, this.#speech.words, this.#w("post")), signal }),
    });
    if (answer) this.dispatchEvent(new CustomEvent("calock-posted", { detail: { answer }, bubbles: true }));
    return Boolean(answer);
  }

  async #posting() {
    const { Posting } = await import("../seal-post.js");
    return new Posting(this.getAttribute("post-url"), { csrf: this.csrf, account: this.account, openDocument });
  }

  async #whoPosts() {
    if (!this.#tools || this.#tools.closed) await this.#connect();
    const known = this.#signers.find(({ fingerprint }) => fingerprint === this.#signer?.fingerprint);
    if (!known && !this.#signers.length) throw new CalockError("CERT_NOT_FOUND");
    return known ?? this.#signers[0];
  }

  async #verify() {
    const signatures = await this.#checked(this.#document);
    this.#face.earlier.show(signatures);
    this.#work.say("verified", { n: signatures.length });
  }

  #build() {
    const [model, speech] = [this.#model, this.#speech];
    const run = (work) => this.#work.run(work);
    this.#work = new Work(speech, {
      change: () => {
        if (this.#tools?.closed) this.#signers = undefined;
        this.#update();
      },
      error: (error) => this.dispatchEvent(new CustomEvent("calock-error", { detail: { error }, bubbles: true })),
    });
    this.#sheets = new Sheets(model, speech, (id, error) => this.#placed(id, error));
    this.#list = new SealList(speech, {
      onAdd: (what) => this.#add(what),
      onAcross: (what) => this.#addAcross(what),
      onKeyword: (what) => run(() => this.#byKeyword(what)),
    });
    this.#rows = new Rows(model, speech, { find: (id) => this.#sheets.focus(id), pages: () => this.#document?.pages ?? [] });
    this.#sheets.onDrop = (index, page, at) => {
      const what = this.#list.all[index];
      const field = what?.seal && this.#fields?.at(page, at);
      if (field) model.add({ seal: what.seal, placement: { field: field.name } });
      else if (what) this.#add(what, page, at);
    };
    this.#face = new Face({ speech, model, work: this.#work, sheets: this.#sheets, list: this.#list, rows: this.#rows }, {
      open: ([file]) => run(() => this.#open(file)),
      load: (files) => run(() => this.#fromFiles(files)),
      connect: () => run(() => this.#connect()),
      verify: () => run(() => this.#verify()),
      post: () => run(() => this.#post(this.#document.file)),
      handwrite: () => run(() => this.#handwrite()),
      sign: () => run(() => this.#seal()),
    });
    this.#root.append(this.#face.element);
  }

  #placed(id, error) {
    this.#problems.set(id, error);
    this.#rows.problem(id, error && describe(error, this.#speech.words.lang).what);
  }

  #update() {
    const { items } = this.#model;
    const { busy } = this.#work;
    for (const id of this.#problems.keys()) if (!items.some((item) => item.id === id)) this.#problems.delete(id);
    this.setAttribute("aria-busy", String(busy));
    this.#list.draw(this.#signers, Boolean(this.#document) && !busy);
    this.#face.update({ busy, document: this.#document, seals: this.#list.seals.length, saved: !this.unsaved, posts: this.hasAttribute("post-url") });
    this.#guard();
  }

  /** Leaving asks only while something would be lost. */
  #guard() {
    const act = this.unsaved ? addEventListener : removeEventListener;
    act("beforeunload", this.#asking);
  }
}
