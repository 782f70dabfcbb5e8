/**
 * The exchanges with one lock as a table: names, lengths, status words, faults. The lock's record has no data in it, so
 * that no PIN, key or name can be in it either.
 * @module
 */
import { element } from "./dom.js";
import { copyButton } from "./panel-faults.js";

const COLUMNS = ["number", "command", "sent", "received", "status", "fault"];
/** Rows, the newest ones; the file holds all that the lock remembers. */
const SHOWN = 256;

export class LogTable {
  #words;
  #lock;
  #body = element("tbody");
  #count = element("p", { class: "dim", role: "status" });
  #region;
  #actions;
  #key = "";

  /** @param {(key: string, n?: unknown) => string} words @param {() => import("./panel-locks.js").DeskLock|undefined} lock */
  constructor(words, lock) {
    this.#words = words;
    this.#lock = lock;
    const heads = COLUMNS.map((name) => element("th", { scope: "col" }, words(`columns.${name}`)));
    this.#region = element(
      "div",
      { class: "table", role: "region", tabindex: "0", "aria-label": words("table") },
      element("table", {}, element("thead", {}, element("tr", {}, heads)), this.#body),
    );
    const save = element("button", { type: "button", onclick: () => this.#save() }, words("save"));
    this.#actions = element("div", { class: "line" }, save, copyButton(words, () => this.text()));
    this.node = element(
      "section",
      { "aria-labelledby": "exchanges-title" },
      element("h3", { id: "exchanges-title" }, words("exchanges")),
      element("p", { class: "dim" }, words("exchangesLead")),
      this.#region,
      this.#count,
      this.#actions,
    );
  }

  draw() {
    const log = this.#lock()?.device?.log ?? [];
    // Drawn again only when something was added: a reader's place in the table is kept otherwise.
    const key = JSON.stringify([this.#lock()?.title, log.length, log.at(-1)]);
    if (key === this.#key) return;
    this.#key = key;
    const end = this.#region.scrollHeight - this.#region.scrollTop - this.#region.clientHeight < 40;
    this.#body.replaceChildren(...log.slice(-SHOWN).map((entry) => this.#row(entry)));
    this.#region.hidden = log.length === 0;
    this.#actions.hidden = log.length === 0;
    this.#count.textContent = log.length === 0 ? this.#words("noExchanges") : this.#words("counted", log.length);
    if (end) this.#region.scrollTop = this.#region.scrollHeight;
  }

  /** For a file: one exchange a line, columns parted by tabs. */
  text() {
    const { title, device } = this.#lock();
    const rows = device.log.map((entry) =>
      [entry.number, entry.name || "-", ins(entry), entry.sent, entry.received ?? "-", entry.status === null ? "-" : word(entry.status), entry.fault ?? "-"].join("\t"));
    return [
      "# calock exchanges:1",
      `# lock: ${title}, ${face(device)} ${model(device)}`,
      `# time: ${new Date().toISOString()}`,
      `# faults in wait: ${device.faults.join(" ") || "-"}`,
      "# number\tcommand\tCLA INS\tsent\treceived\tstatus\tfault",
      ...rows,
      "",
    ].join("\n");
  }

  #row(entry) {
    const { number, name, sent, received, status, fault } = entry;
    // 6A9E and 61xx are no refusals: more of the answer follows.
    const well = status === 0x9000 || status === 0x6a9e || status >> 8 === 0x61;
    const meaning = status === null ? "" : this.#meaning(status);
    return element(
      "tr",
      { class: [number === 1 && "first", fault && "struck"].filter(Boolean).join(" ") },
      element("td", {}, String(number)),
      element("td", {}, element("b", {}, name || this.#words("unnamed")), " ", element("code", {}, ins(entry))),
      element("td", {}, String(sent)),
      element("td", {}, received === null ? "–" : String(received)),
      element("td", { class: well ? "" : "bad" }, status === null ? this.#words("noAnswer") : element("code", {}, word(status)), meaning && ` ${meaning}`),
      element("td", {}, fault && element("code", {}, fault)),
    );
  }

  #meaning(status) {
    if (status >> 4 === 0x63c) return this.#words("meanings.63C", status & 15);
    const key = `meanings.${word(status)}`;
    const found = this.#words(key);
    return found === key ? "" : found;
  }

  #save() {
    download(`calock-exchanges-${new Date().toISOString().slice(0, 19).replaceAll(/\D/g, "")}.txt`, this.text());
  }
}

/** Hands the tester a file. */
export function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = element("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** HID or USB: how a device shows itself to the page. */
export function face(device) {
  return device.collections ? "HID" : "USB";
}

export function model({ vendorId, productId }) {
  return `${word(vendorId)}:${word(productId)}`;
}

function ins({ class: cla, instruction }) {
  return [cla, instruction].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}

function word(number) {
  return number.toString(16).toUpperCase().padStart(4, "0");
}
