/** 证书制作: authorisation code and initial PIN, whose order it is, and the steps until both certificates are in the lock. */
import { tries } from "/lock/forms.js";
import { fact, find, make, w } from "/lock/words.js";

const CA = "/api/ca";
/** The steps that a person is shown, of those that the module tells. */
const STEPS = ["reading", "pin", "generating", "signing", "certifying", "importing", "checking"];

export class ProduceForm {
  #order;
  #step;

  constructor(page) {
    this.page = page;
    const on = (id, type, act) => find(id).addEventListener(type, act);
    on("produce-form", "submit", (event) => {
      event.preventDefault();
      page.work(() => this.#check());
    });
    on("make", "click", () => page.work(() => this.#make()));
    on("clear", "click", () => page.work(() => this.#clear()));
    on("back", "click", () => this.#reset());
  }

  /** Whether the lock is blank, or what calock left in it. */
  #state() {
    const containers = this.page.report.applications.flatMap((application) => application.containers);
    if (containers.length === 0) return "blank";
    return containers.length === 1 && containers[0].unfinished ? "unfinished" : "used";
  }

  async #check() {
    this.#reset();
    this.page.say("checkingOrder");
    const ca = this.page.tools.authority(CA, find("code").value);
    this.#order = { ca, ...(await ca.order()) };
    this.page.say("orderFound");
    this.draw();
    find("order").scrollIntoView({ block: "nearest" });
  }

  async #make() {
    const { page } = this;
    const { ca, holder } = this.#order;
    this.#step = -1;
    find("made").hidden = true;
    try {
      await page.tools.produce({
        holder,
        resume: find("resume").checked,
        pin: () => this.#pin(),
        certify: ca.certify,
        onStep: ({ at }) => this.#at(at),
      });
      find("code").value = "";
      find("made").hidden = false;
    } finally {
      // Whatever came of it: the next time the code, the holder and the PIN are looked at anew.
      this.#step = undefined;
      this.#order = undefined;
      find("initial").value = "";
      if (!page.tools?.closed) await page.read().catch(() => {});
    }
    page.say("produced");
    find("made").scrollIntoView({ block: "nearest" });
  }

  async #clear() {
    await this.page.tools.clearUnfinished({ pin: () => this.#pin() });
    find("initial").value = "";
    await this.page.read();
    this.page.say("cleared");
  }

  #pin() {
    const typed = find("initial").value;
    if (!typed) {
      find("initial").focus();
      return null;
    }
    return { pin: new TextEncoder().encode(typed), lastTry: find("produce-last-yes").checked };
  }

  #at(step) {
    const at = STEPS.indexOf(step);
    if (at < 0) return;
    this.#step = at;
    this.page.say(`step_${step}`);
    this.#stages();
  }

  #stages() {
    const running = this.#step !== undefined;
    find("stages").hidden = !running;
    if (!running) return;
    find("stages").replaceChildren(
      ...STEPS.map((step, at) => make("li", { class: at < this.#step ? "done" : "", ...(at === this.#step ? { "aria-current": "step" } : {}) }, w(`stage_${step}`))),
    );
  }

  #reset() {
    this.#order = undefined;
    find("made").hidden = true;
    this.draw();
  }

  draw() {
    const { report } = this.page;
    if (!report) return;
    const state = this.#state();
    const usable = !report.readOnly && state !== "used";
    const made = !find("made").hidden;
    find("blank").hidden = made;
    find("blank").textContent = state === "used" ? w("notBlank") : w("blank");
    find("unfinished").hidden = find("clear").hidden = find("resume-line").hidden = state !== "unfinished";
    find("resume").required = state === "unfinished";
    if (state !== "unfinished") find("resume").checked = false;
    find("produce-form").hidden = !usable || made;
    find("order").hidden = !this.#order;
    if (this.#order) {
      const { holder } = this.#order;
      find("order-facts").replaceChildren(
        ...fact("holder", holder.name),
        ...fact("organisation", holder.organisation !== holder.name && holder.organisation),
        ...fact("holderKind", w(`holder_${holder.kind}`)),
      );
    }
    tries(report, "produce");
    this.#stages();
  }
}
