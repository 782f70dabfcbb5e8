/**
 * Putting another lock on the desk: from a file, or made from a few words.
 * @module
 */
import { element } from "./dom.js";
import { field, option, select } from "./panel-faults.js";
import { DeskLock, made } from "./panel-locks.js";

/** Who has which code; the fields of a kind. */
const FIELDS = { enterprise: ["uscc"], employee: ["organisation", "uscc", "personId"], person: ["personId"] };
/** Invented; the check digits are right. The person's id is the example of GB 11643. */
const EXAMPLES = { uscc: "911101050000000514", personId: "11010519491231002X", organisation: "示例建设有限公司" };
const NAMES = { enterprise: "示例建设有限公司", employee: "张三", person: "张三" };

/**
 * @param {(key: string, n?: unknown) => string} words
 * @param {(lock: DeskLock) => void} add
 */
export function makeForm(words, add) {
  const problem = element("p", { class: "problem", role: "alert" });
  const kind = select("make-kind", Object.keys(FIELDS).map((name) => option(name, words(`holders.${name}`))));
  const text = (id, value, more = {}) => element("input", { id: `make-${id}`, type: "text", autocomplete: "off", spellcheck: "false", value, ...more });
  const name = text("name", NAMES.enterprise, { required: true, maxlength: 60 });
  const codes = Object.fromEntries(Object.entries(EXAMPLES).map(([key, example]) => [key, text(key, example, { maxlength: 60 })]));
  const codeFields = Object.fromEntries(Object.entries(codes).map(([key, input]) => [key, field(words(`make.${key}`), input)]));
  const pin = text("pin", "", { maxlength: 16, placeholder: words("make.usual") });
  const tries = element("input", { id: "make-tries", type: "number", min: 0, max: 6, value: 6 });
  const state = select("make-state", ["ok", "expired", "not-yet"].map((key) => option(key, words(`states.${key}`))));
  const usage = select("make-usage", ["signing", "encryption"].map((key) => option(key, words(`usages.${key}`))));
  const fit = () => {
    for (const [key, one] of Object.entries(codeFields)) one.hidden = !FIELDS[kind.value].includes(key);
  };
  kind.addEventListener("change", () => {
    if (Object.values(NAMES).includes(name.value)) name.value = NAMES[kind.value];
    fit();
  });
  fit();

  const attempt = async (work) => {
    problem.textContent = "";
    try {
      add(await work());
      pin.value = "";
    } catch (error) {
      problem.textContent = `${words("notMade")} ${error.detail ?? error.message}`;
    }
  };
  const submit = (event) => {
    event.preventDefault();
    const holder = { name: name.value.trim() };
    for (const key of FIELDS[kind.value]) if (codes[key].value.trim()) holder[key] = codes[key].value.trim();
    const description = {
      holder, kind: kind.value, usage: usage.value, pin: pin.value || undefined, triesLeft: Number(tries.value), label: holder.name, ...dates(state.value),
    };
    attempt(() => made(`${holder.name}（${words("own")}）`, description));
  };
  const file = element("input", { id: "make-file", type: "file", accept: ".json,.txt,application/json,text/plain" });
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    if (chosen) attempt(async () => new DeskLock(chosen.name, { text: await chosen.text() }));
    file.value = "";
  });

  return element(
    "details",
    { class: "make" },
    element("summary", {}, words("another")),
    element(
      "form",
      { onsubmit: submit },
      field(words("make.kind"), kind), field(words("make.name"), name), Object.values(codeFields),
      field(words("make.pin"), pin), field(words("make.tries"), tries), field(words("make.state"), state), field(words("make.usage"), usage),
      element("p", { class: "dim" }, words("makeNote")),
      element("button", { type: "submit", class: "primary" }, words("makeIt")),
    ),
    field(words("openFile"), file),
    problem,
  );
}

function dates(state) {
  const year = new Date().getUTCFullYear();
  const from = (of) => `${of}-01-01T00:00:00Z`;
  if (state === "expired") return { notBefore: from(year - 3), notAfter: from(year - 1) };
  if (state === "not-yet") return { notBefore: from(year + 1), notAfter: from(year + 3) };
  return {};
}
