/**
 * Ordering a fault: three choices make a text, and the text is what counts. It is the same text as in tests and on the
 * command line.
 * @module
 */
import { element } from "./dom.js";

/** Kinds by what they strike, in the order of a message's way. `=` begins a parameter and its first value. */
const KINDS = [
  ["opening", ["open-fails", "open-taken"]],
  ["there", ["send-hangs", "send-stalls", "silent", "unplug-before"]],
  ["card", ["status=6F00", "pin-reset", "truncated", "overlong", "garbage-certificate"]],
  ["back", ["unplug-while", "unplug-after", "report-dropped", "report-duplicated", "stale-reply", "wrong-sequence", "garbled", "slow=6000"]],
];
/** The commands of a login, in its order. */
const COMMANDS = [
  "GetDevInfo", "EnumApplication", "OpenApplication", "EnumContainer", "GetContainerInfo", "OpenContainer", "ExportCertificate",
  "GetPINInfo", "GenRandom", "VerifyPIN", "ECCSignData", "RSASignData", "ClearSecureState", "CloseContainer",
];
const UNTIL = ["once", "twice", "replug", "always"];

export class FaultForm {
  #words;
  #device;
  #text;
  #problem = element("p", { id: "fault-problem", class: "problem", role: "alert" });
  #waiting = element("ul", { class: "waiting" });
  #none;
  #clear;

  /** @param {(key: string, n?: unknown) => string} words @param {() => object|undefined} device the one it is for */
  constructor(words, device) {
    this.#words = words;
    this.#device = device;
    const kind = select("fault-kind", KINDS.map(([group, kinds]) => element("optgroup", { label: words(`groups.${group}`) }, kinds.map((text) => {
      const [name] = text.split("=");
      return element("option", { value: text }, `${words(`kinds.${name}`)} · ${name}`);
    }))));
    const when = select("fault-when", [
      option("any", words("when.any")),
      option("#", words("when.number")),
      element("optgroup", { label: words("when.command") }, COMMANDS.map((name) => option(name, name))),
    ]);
    const number = element("input", { id: "fault-number", type: "number", min: 1, max: 999, value: 1 });
    const numberField = field(words("number"), number);
    const until = select("fault-until", UNTIL.map((name) => option(name, words(`until.${name}`))));
    this.#text = element("input", { id: "fault-text", type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-describedby": "fault-problem" });
    const compose = () => {
      const opening = kind.value.startsWith("open-");
      when.disabled = opening;
      numberField.hidden = opening || when.value !== "#";
      const at = opening ? "open" : when.value === "#" ? `#${number.value}` : when.value;
      this.#text.value = `${kind.value}@${at}${until.value === "once" ? "" : `:${until.value}`}`;
      this.#say("");
    };
    kind.value = "unplug-before";
    when.value = "VerifyPIN";
    compose();
    this.#clear = element("button", { type: "button", class: "quiet", onclick: () => this.#device()?.clearFaults() }, words("clearFaults"));
    this.#none = element("p", { class: "dim" }, words("noFaults"));
    this.node = element(
      "section",
      { "aria-labelledby": "faults-title" },
      element("h3", { id: "faults-title" }, words("faults")),
      element("p", { class: "dim" }, words("faultsLead")),
      element(
        "form",
        { class: "fault", onsubmit: (event) => this.#order(event) },
        element("div", { class: "choices", oninput: compose }, field(words("kind"), kind), field(words("at"), when), numberField, field(words("ends"), until)),
        element(
          "div",
          { class: "line" },
          field(words("faultText"), this.#text),
          element("button", { type: "submit", class: "primary" }, words("order")),
          copyButton(words, () => this.#text.value),
        ),
        this.#problem,
      ),
      element("div", { class: "ordered" }, element("h4", {}, words("ordered")), this.#none, this.#waiting, this.#clear),
    );
  }

  draw() {
    const faults = this.#device()?.faults ?? [];
    this.#none.hidden = faults.length > 0;
    this.#clear.hidden = faults.length === 0;
    this.#waiting.replaceChildren(...faults.map((fault) => element("li", {}, element("code", {}, fault))));
  }

  #order(event) {
    event.preventDefault();
    const device = this.#device();
    if (!device) return this.#say(this.#words("plugFirst"));
    try {
      device.inject(this.#text.value.trim());
      return this.#say("");
    } catch (error) {
      return this.#say(`${this.#words("badFault")} ${error.detail ?? error.message}`);
    }
  }

  #say(problem) {
    this.#problem.textContent = problem;
    if (problem) this.#text.setAttribute("aria-invalid", "true");
    else this.#text.removeAttribute("aria-invalid");
  }
}

/** A button that copies a text and says so. */
export function copyButton(words, text) {
  const done = element("span", { role: "status", class: "dim" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      done.textContent = words("copied");
    } catch {
      done.textContent = words("notCopied");
    }
  };
  return element("span", { class: "copy" }, element("button", { type: "button", onclick: copy }, words("copy")), done);
}

/** A label above its control. */
export function field(label, control) {
  return element("p", { class: "field" }, element("label", { for: control.id }, label), control);
}

export function select(id, options) {
  return element("select", { id }, options);
}

export function option(value, text) {
  return element("option", { value }, text);
}
