/** The switch that records what is said to the lock, and the file of it. */
import { find, w } from "/lock/words.js";

export class RecordSwitch {
  /** The tools whose conversation is being recorded; they give the recording also after the lock was pulled out. */
  #from;
  #url;

  constructor(page) {
    this.page = page;
    find("record").addEventListener("click", () => (this.#from ? this.#stop() : this.#start()));
  }

  #start() {
    this.#from = this.page.tools;
    this.#from.record();
    this.#offer();
    this.page.say("recording");
    this.draw();
  }

  #stop() {
    const text = this.#from.recording();
    this.#from = undefined;
    if (text !== undefined) this.#offer(text);
    this.page.say("recorded");
    this.draw();
  }

  /** The file, or nothing to download. */
  #offer(text) {
    URL.revokeObjectURL(this.#url);
    this.#url = text === undefined ? undefined : URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    if (this.#url) find("download").href = this.#url;
    find("download").hidden = !this.#url;
  }

  draw() {
    // A lock that was pulled out while it was recorded ends its recording.
    if (this.#from?.closed) this.#stop();
    find("record").textContent = w(this.#from ? "stopRecord" : "record");
    find("record").setAttribute("aria-pressed", String(Boolean(this.#from)));
  }
}
