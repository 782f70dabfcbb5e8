/**
 * What the self-test asks the portal: what it takes a certificate for, a challenge, and what it says to a signature.
 * @module
 */
import { post, submit } from "../element/backend.js";
import { CalockError } from "../errors.js";

export class Portal {
  #urls;
  #signal;

  /**
   * @param {{portalUrl?: string, certificateUrl?: string, challengeUrl?: string, submitUrl?: string}} urls what is absent is not asked
   * @param {AbortSignal} signal
   */
  constructor(urls, signal) {
    this.#urls = urls;
    this.#signal = signal;
  }

  /** Whether there is a portal that says what it thinks of certificates. */
  get looks() {
    return Boolean(this.#urls.certificateUrl);
  }

  /** Whether there is one that checks a signature. */
  get verifies() {
    return Boolean(this.#urls.challengeUrl && this.#urls.submitUrl);
  }

  /** The names of the kinds of certificates that it takes, by language; none when it does not say. */
  async products() {
    try {
      const response = await fetch(this.#urls.portalUrl, { credentials: "same-origin", signal: this.#signal });
      return (await response.json()).products.map(({ title }) => title);
    } catch {
      return [];
    }
  }

  /** What it takes a certificate for; see `POST /api/selftest/certificate`. */
  look(certificate) {
    return post(this.#urls.certificateUrl, { certificate }, "SUBMIT_FAILED", this.#signal);
  }

  async challenge() {
    const values = await post(this.#urls.challengeUrl, { purpose: "selftest", account: null, payload: null }, "CHALLENGE_FAILED", this.#signal);
    if (typeof values?.nonce !== "string" || typeof values.time !== "string") throw new CalockError("CHALLENGE_INVALID");
    return values;
  }

  /** What it says to a signed statement; see `POST /api/selftest`. */
  submit(signed) {
    return submit(this.#urls.submitUrl, signed, this.#signal);
  }
}
