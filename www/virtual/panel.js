/**
 * `<calock-virtual-lock src="/demo/locks.json">`: the desk of somebody who tests a page. Plugs virtual locks in and out, has
 * them fail, and shows what was said to them. For demonstrations and tests only; calock.js never loads this file.
 * @module
 */
import { element, languageAt, shadow, wordsIn } from "./dom.js";
import { FaultForm, copyButton, field, option, select } from "./panel-faults.js";
import { LogTable, download, face, model } from "./panel-log.js";
import { offered } from "./panel-locks.js";
import { makeForm } from "./panel-make.js";
import look from "./panel.css.js";

export class CalockVirtualLock extends HTMLElement {
  static observedAttributes = ["lang"];

  #root = shadow(this, look);
  #locks = [];
  #selected;
  #rows = new Map();
  #granted = element("input", { id: "granted", type: "checkbox" });
  #face;
  #status;
  #language;
  #words;
  #list;
  #detail;
  #loaded;

  connectedCallback() {
    this.#draw();
    this.#loaded ??= this.#load();
  }

  attributeChangedCallback() {
    if (this.#language && languageAt(this) !== this.#language) this.#draw();
  }

  async #load() {
    const { src } = this;
    if (!src) return;
    try {
      for (const lock of await offered(src, this.#language)) {
        this.#add(lock);
        if (lock.wasPlugged) this.#plug(lock);
      }
    } catch (error) {
      console.error(error);
      this.#say(this.#words("noList"));
    }
  }

  /** The address of the list of locks; null when none is offered. */
  get src() {
    const value = this.getAttribute("src");
    return value && new URL(value, document.baseURI);
  }

  #draw() {
    this.#language = languageAt(this);
    const words = (this.#words = wordsIn(this.#language));
    this.#status = element("p", { role: "status", class: "status" });
    this.#list = element("ul", { class: "rack" });
    this.#face = select("face", ["hid", "usb"].map((face) => option(face, words(`faces.${face}`))));
    this.#rows.clear();
    this.#detail = new Detail(words, () => this.#selected, (text) => this.#say(text));
    this.#root.replaceChildren(
      element(
        "section",
        { class: "desk", "aria-labelledby": "title" },
        element("h2", { id: "title" }, element("span", { class: "tag" }, words("tag")), words("title")),
        element("p", { class: "dim" }, words("lead")),
        element(
          "div",
          { class: "columns" },
          element(
            "div",
            { class: "left" },
            this.#list,
            field(words("face"), this.#face),
            element("p", { class: "check" }, this.#granted, element("label", { for: "granted" }, words("granted"))),
            makeForm(words, (lock) => {
              this.#add(lock);
              this.#select(lock);
              this.#plug(lock);
            }),
            this.#status,
          ),
          this.#detail.node,
        ),
      ),
    );
    for (const lock of this.#locks) this.#showRow(lock);
    this.#detail.draw();
  }

  #add(lock) {
    this.#locks.push(lock);
    lock.addEventListener("change", () => this.#changed(lock));
    this.#showRow(lock);
    if (!this.#selected) this.#select(lock);
  }

  #showRow(lock) {
    const row = new Row(lock, this.#words, { select: () => this.#select(lock), toggle: () => (lock.plugged ? lock.unplug() : this.#plug(lock)) });
    this.#rows.set(lock, row);
    this.#list.append(row.node);
    row.draw(lock === this.#selected);
  }

  #select(lock) {
    const before = this.#selected;
    this.#selected = lock;
    this.#rows.get(before)?.draw(false);
    this.#rows.get(lock)?.draw(true);
    this.#detail.draw();
  }

  async #plug(lock) {
    const row = this.#rows.get(lock);
    row.busy = true;
    try {
      await lock.plug(this.#granted.checked, this.#face.value);
      this.#select(lock);
    } catch (error) {
      console.error(error);
      this.#say(this.#words("notPlugged", lock.title));
    }
    row.busy = false;
  }

  #changed(lock) {
    const row = this.#rows.get(lock);
    if (row.inserted !== lock.plugged) this.#say(this.#words(lock.plugged ? "pluggedIn" : "pulledOut", lock.title));
    row.draw(lock === this.#selected);
    if (lock === this.#selected) this.#detail.draw();
  }

  #say(text) {
    this.#status.textContent = text;
  }
}

/** One lock in the list. */
class Row {
  #lock;
  #words;
  #button;
  #name;
  #hint = element("small");
  inserted = false;

  constructor(lock, words, { select, toggle }) {
    this.#lock = lock;
    this.#words = words;
    this.#name = element("button", { type: "button", class: "name", onclick: select }, lock.title, this.#hint);
    this.#button = element("button", { type: "button", onclick: toggle });
    this.node = element("li", {}, this.#name, this.#button);
  }

  set busy(busy) {
    this.#button.disabled = busy;
  }

  draw(selected) {
    const { plugged, device, title } = this.#lock;
    this.inserted = plugged;
    this.node.className = [plugged && "in", selected && "selected"].filter(Boolean).join(" ");
    if (selected) this.#name.setAttribute("aria-current", "true");
    else this.#name.removeAttribute("aria-current");
    const verb = this.#words(plugged ? "unplug" : "plug");
    this.#button.textContent = verb;
    this.#button.setAttribute("aria-label", `${verb}：${title}`);
    const tries = plugged && device.triesLeft !== undefined ? this.#words("tries", device.triesLeft) : "";
    this.#hint.textContent = [this.#words(plugged ? "isIn" : "isOut"), tries].filter(Boolean).join(" · ");
  }
}

/** What is to be seen and done with the selected lock. */
class Detail {
  #words;
  #lock;
  #title = element("h3", { class: "chosen" });
  #facts = element("dl");
  #pin;
  #faults;
  #log;
  #shown;

  constructor(words, lock, say) {
    this.#words = words;
    this.#lock = lock;
    this.#faults = new FaultForm(words, () => lock()?.device);
    this.#log = new LogTable(words, lock);
    const save = async () => {
      try {
        download("lock.json", await lock().file());
      } catch (error) {
        console.error(error);
        say(words("noList"));
      }
    };
    this.#pin = new PinLine(words);
    this.node = element(
      "div",
      { class: "detail" },
      element(
        "section",
        { "aria-label": words("chosen") },
        element("div", { class: "head" }, this.#title, element("button", { type: "button", onclick: save }, words("saveLock"))),
        this.#facts,
        this.#pin.node,
      ),
      this.#faults.node,
      this.#log.node,
    );
  }

  draw() {
    const lock = this.#lock();
    this.node.hidden = !lock;
    if (!lock) return;
    const { device, plugged } = lock;
    const words = this.#words;
    const fact = (term, value) => value !== undefined && value !== "" && element("div", {}, element("dt", {}, term), element("dd", {}, String(value)));
    this.#title.textContent = lock.title;
    this.#facts.replaceChildren(
      ...[
        fact(words("facts.state"), words(plugged ? "isIn" : "isOut")),
        device && fact(words("facts.label"), device.label),
        device && fact(words("facts.face"), `${face(device)} · ${model(device)}`),
        device && fact(words("facts.tries"), device.triesLeft),
      ].filter(Boolean),
    );
    if (this.#shown !== lock || this.#pin.value !== lock.pin) this.#pin.draw(lock.pin);
    this.#shown = lock;
    this.#faults.draw();
    this.#log.draw();
  }
}

/** The PIN of a lock file, on the page only while a tester wants to see it. */
class PinLine {
  value;
  #words;
  #text = element("code");
  #show;

  constructor(words) {
    this.#words = words;
    this.#show = element("button", { type: "button", onclick: () => this.#set(this.#show.getAttribute("aria-pressed") !== "true") });
    this.node = element("p", { class: "line pin" }, element("span", { class: "dim" }, words("pin")), this.#text, this.#show, copyButton(words, () => this.value));
  }

  draw(value) {
    this.value = value;
    this.node.hidden = value === undefined;
    this.#set(false);
  }

  #set(visible) {
    this.#text.textContent = visible ? this.value : "••••••••";
    this.#show.textContent = this.#words(visible ? "hide" : "show");
    this.#show.setAttribute("aria-pressed", String(visible));
    this.#show.setAttribute("aria-label", this.#words("showPin"));
  }
}

if (!customElements.get("calock-virtual-lock")) customElements.define("calock-virtual-lock", CalockVirtualLock);
