/**
 * What a person sees of `<calock-seal>`: five steps beside the pages. It knows what is shown and what was pressed, and does nothing itself.
 * @module
 */
import { button, h } from "../element/dom.js";
import { Checks } from "./result.js";
import { Steps } from "./steps.js";

export class Face {
  #speech;
  #model;
  #steps;
  #parts;
  #view;
  #done;
  #opened;
  #kept = false;
  #send;

  /**
   * @param {{speech: import("./speech.js").Speech, model: import("./model.js").Model, work: import("./work.js").Work, sheets: object, list: object, rows: object}} made
   * @param {Record<"open"|"load"|"connect"|"verify"|"post"|"handwrite"|"sign", Function>} on what was asked for; files are given with it
   */
  constructor({ speech, model, work, sheets, list, rows }, on) {
    this.#speech = speech;
    this.#model = model;
    const t = (key) => speech.text(key);
    const files = picker(".ofd,.pdf", false, on.open);
    const seals = picker(".esl,.asn1,.der", true, on.load);
    const parts = (this.#parts = {
      choose: button("primary", t("choose"), () => files.click()),
      again: button("small secondary", t("chooseOther"), () => files.click()),
      verify: button("small secondary", t("verify"), on.verify),
      post: button("small secondary", t("postOpened"), on.post),
      connect: button("secondary", t("connect"), on.connect),
      load: button("small secondary", t("sealFromFile"), () => seals.click()),
      handwrite: button("small secondary", t("handwrite"), on.handwrite),
      undo: button("small secondary", t("undo"), () => model.undo()),
      redo: button("small secondary", t("redo"), () => model.redo()),
      sign: button("primary wide-button", t("sign"), on.sign),
    });
    /** What the open document holds already, and what came out. */
    this.earlier = new Checks(speech);
    this.outcome = new Checks(speech);
    /** Where empty signature fields are listed. */
    this.fields = h("div");
    this.lock = h("input", { type: "checkbox", id: "lock" });
    parts.drop = h("div", { class: "drop" }, h("p", null, t("dropHere")), parts.choose);
    parts.name = h("p", { class: "file-name" });
    speech.follow(() => { parts.name.textContent = this.#facts(); });
    parts.none = h("p", { class: "hint" }, t("noPlaces"));
    parts.ways = h("details", { class: "more" }, h("summary", null, t("howToMove")), h("p", { class: "hint", id: "moving" }, t("moving")), h("p", { class: "hint", id: "resizing" }, t("resizing")));
    parts.actions = h("p", { class: "actions" }, parts.again, parts.verify, parts.post);
    parts.file = h("div");
    const steps = (this.#steps = new Steps(speech));
    const rare = h("details", { class: "more" }, h("summary", null, t("more")), h("label", { class: "check", for: "lock" }, this.lock, h("span", null, t("lockDocument"))));
    const sections = [
      steps.section(0, parts.drop, files, parts.name, parts.actions, this.earlier.element),
      steps.section(1, h("p", { class: "actions" }, parts.connect, parts.load, parts.handwrite, seals), list.element),
      steps.section(2, parts.none, this.fields, rows.element, h("p", { class: "tools" }, parts.undo, parts.redo), parts.ways),
      steps.section(3, rare, parts.sign, work.bar, work.status, work.problem),
      (this.#done = steps.section(4, parts.file, this.outcome.element)),
    ];
    this.#done.classList.add("result");
    this.#done.hidden = true;
    this.#view = h("div", { class: "view" }, sheets.element, h("p", { class: "hint" }, t("previewNote")));
    this.element = h("div", { class: "frame" }, steps.element, sections.slice(0, 2), this.#view, sections.slice(2));
    // A file may be dropped anywhere; a seal only on a page.
    this.element.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      const dropped = [...event.dataTransfer.files];
      if (dropped.length === 0) return;
      event.preventDefault();
      if (dropped.every(({ name }) => /\.esl$/i.test(name))) on.load(dropped);
      else on.open(dropped);
    });
  }

  /** Another document is open. @param {import("./document.js").SealDocument} document */
  opened(document) {
    this.#opened = document;
    this.#parts.name.textContent = this.#facts();
    this.#kept = false;
    this.#done.hidden = true;
    this.earlier.show();
    this.outcome.show();
  }

  /**
   * The sealed file, to be kept, sent, or sealed further.
   * @param {File} file
   * @param {{post?: () => void, goOn: () => void}} on
   */
  sealed(file, { post, goOn }) {
    const t = (key) => this.#speech.text(key);
    const keep = h("a", { class: "primary as-button", href: URL.createObjectURL(file), download: file.name }, t("download"));
    keep.addEventListener("click", () => {
      this.#kept = true;
      this.#show();
    });
    this.#kept = false;
    this.#send = post && button("secondary", t("post"), post);
    this.outcome.show();
    this.#parts.file.replaceChildren(
      h("p", { class: "file-name" }, h("strong", null, file.name)),
      h("p", { class: "actions" }, keep, this.#send, button("secondary", t("continue"), goOn)),
    );
    this.#done.hidden = false;
    this.#done.firstChild.focus();
  }

  /** Whether the sealed file is where it was to be sent. @param {boolean} done */
  posted(done) {
    this.#send.hidden = done;
    this.#kept ||= done;
    this.#show();
  }

  /** @param {{busy: boolean, document?: object, seals: number, saved: boolean, posts: boolean}} state */
  update({ busy, document, seals, saved, posts }) {
    const { choose, again, verify, post, connect, load, handwrite, undo, redo, sign, drop, actions, none, ways } = this.#parts;
    const { items, canUndo, canRedo } = this.#model;
    this.#view.hidden = actions.hidden = !document;
    post.hidden = !posts;
    drop.hidden = Boolean(document);
    this.element.classList.toggle("empty", !document);
    none.hidden = items.length > 0;
    ways.hidden = items.length === 0;
    undo.parentNode.hidden = !canUndo && !canRedo;
    undo.disabled = busy || !canUndo;
    redo.disabled = busy || !canRedo;
    // What is written by hand goes in with a seal.
    const placed = items.some(({ seal }) => seal);
    sign.disabled = busy || !document || !placed;
    for (const control of [choose, again, verify, post, connect, load, handwrite]) control.disabled = busy;
    this.#state = [Boolean(document), seals > 0, Boolean(document) && placed, !this.#done.hidden && saved];
    this.#show();
  }

  #state = [];

  #show() {
    this.#steps.show([...this.#state, this.#state[3] && this.#kept]);
  }

  #facts() {
    const document = this.#opened;
    if (!document) return this.#speech.w("noFile");
    return this.#speech.w("fileFacts", { name: document.name, n: document.pages.length, size: (document.file.size / 1e6).toFixed(1) });
  }
}

/** A field for files that a button opens. */
function picker(accept, several, take) {
  const input = h("input", { type: "file", accept, multiple: several, class: "hidden", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    if (files.length) take(files);
  });
  return input;
}
