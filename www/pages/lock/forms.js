/** The two small forms: the lock's label, and its PIN. */
import { find, w } from "/lock/words.js";

export class LabelForm {
  constructor(page) {
    this.page = page;
    find("label-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const label = find("label").value.trim();
      page.work(async () => {
        await page.tools.setLabel(label);
        find("label").value = "";
        await page.read();
        page.say("labelSet");
      });
    });
  }

  draw() {}
}

export class PinForm {
  constructor(page) {
    this.page = page;
    find("pin-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#valid()) page.work(() => this.#change());
    });
    for (const id of ["new", "repeat"]) find(id).addEventListener("input", () => find("repeat").setCustomValidity(""));
  }

  #valid() {
    const repeat = find("repeat");
    repeat.setCustomValidity(find("new").value === repeat.value ? "" : w("notTheSame"));
    return repeat.reportValidity();
  }

  async #change() {
    const { page } = this;
    const taken = ["old", "new"].map((id) => new TextEncoder().encode(find(id).value));
    try {
      page.say("changing");
      await page.tools.changePin({ pin: async () => ({ old: taken[0], new: taken[1], lastTry: find("pin-last-yes").checked }) });
    } finally {
      for (const id of ["old", "new", "repeat"]) find(id).value = "";
      for (const pin of taken) pin.fill(0);
      find("pin-last-yes").checked = false;
      // The tries may have changed; what goes wrong here is told by the first error.
      if (!page.tools?.closed) await page.read().catch(() => {});
    }
    page.say("pinChanged");
  }

  draw() {
    const { report } = this.page;
    if (!report) return;
    const unknown = find("pin-unknown");
    unknown.hidden = report.canChangePin;
    unknown.textContent = w("pinUnknown");
    find("pin-form").hidden = !report.canChangePin;
    tries(report, "pin");
  }
}

/** Tries left under a form, and the question for the last one. */
export function tries(report, form) {
  const pin = report.applications.map((application) => application.pin).find(Boolean);
  find(`${form}-tries`).textContent = pin ? w("triesLeft", String(pin.triesLeft)) : "";
  const last = pin?.triesLeft === 1;
  find(`${form}-last`).hidden = !last;
  find(`${form}-last-yes`).required = last;
}
