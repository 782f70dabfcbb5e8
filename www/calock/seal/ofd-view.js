/**
 * What the pages of an OFD document look like: drawn from what the module says of them. The module knows the texts itself.
 * @module
 */
import { drawPage } from "./ofd-page.js";

export class OfdView {
  #document;

  /** @param {import("./document.js").SealDocument} document */
  constructor(document) {
    this.#document = document;
  }

  /** A page (from 1); it is sharp at any size. */
  async paint(page) {
    const content = await this.#document.content(page);
    return drawPage({ size: this.#document.pages[page - 1], content, label: "" });
  }

  close() {}
}
