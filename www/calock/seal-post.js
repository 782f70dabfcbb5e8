/**
 * Posting a sealed document: a statement over its digest, and the file in pieces that go on where they broke off. Loaded when something
 * is about to be posted.
 * @module
 */
import { post as ask } from "./element/backend.js";
import { CalockError } from "./errors.js";
import { send } from "./seal/send.js";
import { GONE, Upload } from "./seal/upload.js";

/** A challenge this close to its end is not signed: the way to the portal takes time too. */
const MARGIN = 15_000;
/** How long a portal may take to judge a large document. */
const JUDGING = 600_000;
/** What says that another statement may do. Any other refusal is about the document, and the upload is of no more use. */
const OF_STATEMENT = /^(SEAL_MISMATCH|PAYLOAD_MISMATCH|KEY_NOT_BOUND|NONCE_|STATE_CONFLICT|RATE_LIMITED|NOT_LOGGED_IN|CSRF_|STORE_|SUBMIT_|ABORTED)/;

/** One document on its way to the portal. */
export class Posting {
  #url;
  #csrf;
  #account;
  #openDocument;
  #digests = new Map();
  #signed;
  #ends = 0;

  /**
   * @param {string} url where documents are posted; `challenge` and `uploads` are beside it
   * @param {{csrf?: string, account?: string, openDocument: typeof import("./seal/document.js").openDocument}} portal and who reads the file
   */
  constructor(url, { csrf, account, openDocument }) {
    this.#url = new URL(url, document.baseURI);
    this.#csrf = csrf;
    this.#account = account;
    this.#openDocument = openDocument;
  }

  /**
   * Asks for the challenge that the document is posted by.
   * @param {Blob} file
   * @param {{algorithm: string}} certificate that will sign
   */
  async ask(file, { algorithm }, options) {
    const payload = await this.#digest(file, algorithm, options);
    const challenge = await ask(new URL("challenge", this.#url), { purpose: "seal", account: this.#account ?? null, payload }, "CHALLENGE_FAILED", options.signal);
    if (typeof challenge.nonce !== "string" || typeof challenge.time !== "string") throw new CalockError("CHALLENGE_INVALID");
    this.#ends = performance.now() + Date.parse(challenge.expires) - Date.parse(challenge.time) - MARGIN;
    return { nonce: challenge.nonce, time: challenge.time, account: this.#account, payload };
  }

  /** Takes the statement that was signed for it. */
  take(signed) {
    this.#signed = signed;
  }

  /**
   * Posts the document and says how far it is.
   * @param {File} file
   * @param {import("./seal/work.js").Work} work
   * @param {{signer: () => Promise<object>, sign: (certificate: object, challenge: object, signal: AbortSignal) => Promise<object>}} lock
   * @returns {Promise<object|undefined>} the receipt; nothing when it was stopped, and what was sent is kept
   */
  async deliver(file, work, { signer, sign }) {
    work.say("posting");
    const { signal } = work;
    try {
      const receipt = await this.post(file, {
        signal,
        signer,
        sign: (certificate, challenge) => sign(certificate, challenge, signal),
        onProgress: (part) => {
          work.progress(part);
          work.say("posting");
        },
        onWait: (seconds) => work.say("postWaits", { n: Math.ceil(seconds) }),
      });
      work.say("posted");
      return receipt;
    } catch (error) {
      if (error.code !== "ABORTED") throw error;
      work.say("postKept");
      return undefined;
    }
  }

  /**
   * Uploads and posts the document. What was sent stays with the portal for a day: the same document goes on from there, also after the
   * page was closed.
   * @param {File} file
   * @param {{signer: () => Promise<object>, sign: (certificate: object, challenge: object) => Promise<object>, signal: AbortSignal,
   *   onProgress?: (part: number) => void, onWait?: (seconds: number) => void}} options `signer` and `sign` are asked when there is no
   *   statement, or none that is fresh
   * @returns {Promise<object>} the receipt
   */
  async post(file, options) {
    const digest = await this.#digest(file, "SM2-SM3", options);
    const upload = new Upload(new URL("uploads", this.#url), file, digest, { ...options, csrf: this.#csrf });
    try {
      return await this.#through(upload, file, options);
    } catch (error) {
      if (error === GONE) return this.#through(upload, file, options);
      if (!OF_STATEMENT.test(error.code) && error.answer) await upload.drop();
      throw error;
    }
  }

  async #through(upload, file, options) {
    const known = await upload.begin();
    if (known === undefined) {
      // Gone: expired, or posted already, and the answer did not arrive.
      const { status, answer } = await this.#send("GET", `/${upload.name}`, undefined, options);
      if (status === 200) return this.#done(upload, answer);
      await upload.create();
    }
    if (!upload.stated) {
      const receipt = await this.#state(upload, file, options);
      if (receipt) return this.#done(upload, receipt);
    }
    await upload.run();
    const reply = await this.#send("POST", "", { upload: upload.name }, options);
    if (reply.status === 200) return this.#done(upload, reply.answer);
    if (reply.answer?.reason !== "statement") throw reply.error();
    return this.#done(upload, await this.#state(upload, file, options));
  }

  /** Posts the statement: gives the receipt, or nothing while the file is still to come. */
  async #state(upload, file, options) {
    const signed = await this.#statement(file, options);
    const reply = await this.#send("POST", "", { upload: upload.name, signed }, options);
    // Used: by a try before, whose answer did not arrive.
    if (reply.status >= 300 && reply.answer?.code !== "NONCE_USED") throw reply.error();
    upload.remember(true);
    return reply.status === 200 ? reply.answer : undefined;
  }

  async #statement(file, options) {
    const signed = this.#signed;
    this.#signed = undefined;
    if (signed && performance.now() < this.#ends) return signed;
    const certificate = await options.signer();
    return options.sign(certificate, await this.ask(file, certificate, options));
  }

  #done(upload, receipt) {
    upload.forget();
    return receipt;
  }

  async #digest(file, algorithm, options) {
    if (!this.#digests.has(algorithm)) {
      const open = await this.#openDocument(file, options);
      try {
        this.#digests.set(algorithm, await open.digest(algorithm, options));
      } finally {
        open.close();
      }
    }
    return this.#digests.get(algorithm);
  }

  #send(method, path, body, { signal, onWait }) {
    const headers = { "x-calock-csrf": this.#csrf, "content-type": body && "application/json" };
    return send.patiently(method, `${this.#url}${path}`, { headers, body: body && JSON.stringify(body), patience: JUDGING, signal, onWait });
  }
}
