/** The page for lock management: connects a lock and hands it to the parts of the page. */
import { describe, locks } from "/calock/api.js";
import { ready } from "/calock/api-tools.js";
import { ask } from "/lock/counter.js";
import { LabelForm, PinForm } from "/lock/forms.js";
import { ProduceForm } from "/lock/produce.js";
import { RecordSwitch } from "/lock/record.js";
import { show } from "/lock/report.js";
import { find, language, onLanguage, w } from "/lock/words.js";

let tools;
let report;

/** What the parts of the page may do. */
const page = {
  get tools() {
    return tools;
  },
  get report() {
    return report;
  },
  say(key, n) {
    find("status").textContent = key ? w(key, n) : "";
  },
  /** Runs one piece of work: one at a time, its error told in one place. Returns whether it went well. */
  async work(act) {
    if (document.body.getAttribute("aria-busy") === "true") return false;
    busy(true);
    problem();
    try {
      await act();
      return true;
    } catch (error) {
      page.say();
      problem(error);
      if (tools?.closed) left();
      return false;
    } finally {
      busy(false);
    }
  },
  async read() {
    page.say("reading");
    report = await tools.info();
    draw();
    page.say("read");
  },
};

const parts = [new LabelForm(page), new PinForm(page), new ProduceForm(page), new RecordSwitch(page)];

async function connect() {
  page.say("connecting");
  await tools?.close();
  const known = await locks.known();
  const lock = known.length === 1 ? known[0] : await locks.request({ all: true });
  tools = await lock.tools();
  await page.read();
}

function left() {
  tools = report = undefined;
  draw();
}

function draw() {
  const there = Boolean(report);
  for (const id of ["parts", "places", "again", "leave"]) find(id).hidden = !there;
  find("connect").hidden = there;
  if (there) show(report);
  for (const part of parts) part.draw();
}

function busy(is) {
  document.body.setAttribute("aria-busy", String(is));
  for (const control of document.querySelectorAll("main button, main input")) control.disabled = is;
  if (!is) for (const part of parts) part.draw();
}

let told;

function problem(error) {
  told = error;
  const place = find("problem");
  place.hidden = !error;
  place.replaceChildren();
  if (!error) return;
  const { code, what, todo } = describe(error, language());
  const title = document.createElement("strong");
  title.append(what);
  const small = document.createElement("small");
  small.append(code, error.status ? ` ${error.status.toString(16).toUpperCase()}` : "");
  place.append(title, ` ${todo} `, small);
  place.dataset.code = code;
  // The form that was sent may stand far below.
  place.scrollIntoView({ block: "center" });
  if (!(code in { CHOOSER_CANCELLED: 1 })) console.info(code, error.phase ?? "", error.detail ?? "");
}

find("connect").addEventListener("click", () => page.work(connect));
find("again").addEventListener("click", () => page.work(() => page.read()));
find("leave").addEventListener("click", () => page.work(async () => {
  await tools.close();
  left();
  page.say("left");
}));
locks.addEventListener("removed", gone);
onLanguage(() => {
  draw();
  problem(told);
});

/** The tools tell by themselves what was pulled out while they worked; while they rest, this does. */
function gone() {
  if (tools?.closed && document.body.getAttribute("aria-busy") !== "true") {
    left();
    page.say("pulledOut");
  }
}
for (const bus of [navigator.hid, navigator.usb]) bus?.addEventListener("disconnect", () => queueMicrotask(gone));

ask(page);
// Fetched while the person reads: the browser's chooser opens only while a click is fresh.
ready().catch(() => {});
