/**
 * 一键检测: everything that a login, a signature and a seal need, one step after the other. `calock/selftest`; a page takes it from
 * `/calock/api-selftest.js`, and defines `<calock-selftest>` by that.
 */
import type { Abortable, AnyCode, CalockError, CertificateInfo, Lock } from "./index.js";

export type SelftestState = "waiting" | "running" | "passed" | "note" | "problem";

/** What came out of one thing that was looked at. */
export interface SelftestOutcome {
  readonly title: string;
  readonly state: SelftestState;
  /** A code of errors, of `diagnose()`, or of the self-test's own; all stand in docs/errors.md. */
  readonly code?: AnyCode;
  readonly text: string;
  /** What to do; empty when there is nothing to do. */
  readonly advice: string;
  /** Milliseconds, without those in which a person was waited for. */
  readonly ms?: number;
}

/** A container, a certificate, or a signature. */
export interface SelftestLine extends SelftestOutcome {
  /** What it is, in a few words; for the person, not for a log. */
  readonly brief: string;
  /** The same for label and value pairs. */
  readonly facts: readonly (readonly [string, string])[];
}

export interface SelftestStep extends SelftestOutcome {
  readonly id: "browser" | "context" | "policy" | "module" | "lock" | "containers" | "certificates" | "signatures" | "seal";
  readonly lines: readonly SelftestLine[];
  /** What there is to be seen: the sealed page. */
  readonly picture?: Element;
}

export interface SelftestResult {
  readonly ok: boolean;
  /** `"SELFTEST_OK"` (检测通过), or the first problem's; `text` and `advice` are its sentences. */
  readonly code: AnyCode;
  readonly text: string;
  readonly advice: string;
  readonly steps: readonly SelftestStep[];
  /** All of it as text for support: codes, states, times, kinds; no name, no PIN, no number in full. */
  readonly report: string;
}

export interface SelftestOptions extends Abortable {
  /** As in `describe()`; the page's by default. */
  lang?: string;
  /** `GET`: the rules of the portal, for the kinds of certificates that it takes. */
  portalUrl?: string;
  /** `POST {certificate}`: what the portal makes of a certificate; not asked when absent. */
  certificateUrl?: string;
  /** `POST {purpose: "selftest"}` → Challenge, and `POST` SignedStatement; without them the page alone checks the signatures. */
  challengeUrl?: string;
  submitUrl?: string;
  /** Not with the only lock that is there without asking. */
  other?: boolean;
  /** Which lock, when it is not plain; without it the next one that is plugged in is taken. */
  choose?(ask: { readonly known: readonly Lock[]; readonly signal: AbortSignal }): Promise<Lock>;
  /** With which containers, and the PIN; `null` leaves the signatures out, as it does not to be here. Asked again after a wrong PIN. */
  sign?(ask: SelftestAsk): Promise<{ containers: readonly string[]; pin: string | Uint8Array; lastTry?: true } | null>;
}

export interface SelftestAsk {
  readonly containers: readonly { readonly name: string; readonly kind: "sm2" | "rsa"; readonly bits: number; readonly certificate: CertificateInfo }[];
  /** The first one's. */
  readonly certificate: CertificateInfo;
  readonly purpose: "selftest";
  readonly triesLeft: number | null;
  readonly triesMax: number | null;
  /** One try is left: answer with `lastTry: true` only after the person agreed. */
  readonly lastTry: boolean;
  /** Why it is asked again. */
  readonly notice?: CalockError;
  readonly signal: AbortSignal;
}

/** Each step whenever something about it has changed; ends with the result. Who stops listening stops the test. Throws `ABORTED` only. */
export function selftest(options?: SelftestOptions): AsyncGenerator<SelftestStep, SelftestResult>;

export interface CalockSelftestEvents {
  "calock-step": CustomEvent<SelftestStep>;
  "calock-done": CustomEvent<SelftestResult>;
}

/**
 * `<calock-selftest portal-url certificate-url challenge-url submit-url lang>`: the URLs as in {@link SelftestOptions}.
 *
 * Told outside: attributes `state` ("idle", "running", "asking", "done") and `code`. Properties for its look: those of `<calock-login>`.
 */
export class CalockSelftest extends HTMLElement {
  /** As the button does; a test that runs is given up. */
  start(options?: { other?: boolean }): Promise<void>;
  cancel(): void;
  addEventListener<K extends keyof CalockSelftestEvents>(type: K, listener: (this: CalockSelftest, event: CalockSelftestEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "calock-selftest": CalockSelftest;
  }
}
