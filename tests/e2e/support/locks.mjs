import { createHash, X509Certificate } from "node:crypto";

// The locks that the scenarios need, by what is special about them, and what their files say.

/** Names under /demo/locks/ of the portal. */
export const LOCKS = {
  enterprise: "enterprise",
  rsa: "enterprise-rsa",
  employee: "employee",
  locked: "locked",
  expired: "expired",
  encryption: "encryption",
};

/** A lock file, read by the test to know what a person would know: the PIN, the holder, the tries. */
export class LockFile {
  constructor(text) {
    this.fields = JSON.parse(text);
  }

  get pin() {
    return this.fields.pin;
  }

  /** The holder's name: CN of the certificate in the first container, as node's OpenSSL reads it. */
  get holder() {
    return /^CN=(.*)$/m.exec(this.#subject)[1];
  }

  /** O of the same. */
  get organisation() {
    return /^O=(.*)$/m.exec(this.#subject)[1];
  }

  /** The social credit code or id number in the certificate: a string of 18 such characters (18 is DER's length before it). */
  get code() {
    return /\x12([0-9A-HJ-NPQRTUWXY]{18})/.exec(this.#certificate.raw.toString("latin1"))[1];
  }

  /** 锁号 as portals tell it: the beginning of the fingerprint of an SM2 certificate. */
  get number() {
    return createHash("sm3").update(this.#certificate.raw).digest("hex").slice(0, 8).toUpperCase();
  }

  get #subject() {
    return this.#certificate.subject;
  }

  get #certificate() {
    const [{ signing }] = this.fields.containers;
    return new X509Certificate(Buffer.from(signing.certificate, "base64"));
  }

  get tries() {
    return this.fields.triesLeft;
  }

  /** A PIN that is not this lock's, of the same length. */
  get wrongPin() {
    return [...this.pin].map((digit) => (digit === "9" ? "8" : "9")).join("");
  }
}
