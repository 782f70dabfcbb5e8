/// <reference lib="esnext.disposable" />
/**
 * calock: log in with a CA lock (CA锁) from a page, over WebHID or WebUSB.
 *
 * Nothing happens at import, so every name here can be imported on a server. Every promise settles; every rejection is
 * a {@link CalockError}. Every call that waits takes an `AbortSignal`; when it fires the call ends with `ABORTED`.
 */

/** Why something did not happen. Codes are API: choose by them, never by a sentence. */
export type Code =
  | "NOT_SUPPORTED" | "INSECURE_CONTEXT" | "POLICY_BLOCKED" | "WASM_BLOCKED_BY_CSP" | "WASM_LOAD_FAILED"
  | "GESTURE_REQUIRED" | "CHOOSER_CANCELLED"
  | "LOCK_NOT_FOUND" | "LOCK_UNKNOWN" | "LOCK_BUSY" | "OPEN_FAILED"
  | "PROTECTED_CLASS" | "DRIVER_DENIED" | "DISCONNECTED" | "TIMEOUT" | "WRONG_LOCK" | "LOCK_CLOSED"
  | "BAD_FRAME" | "STALE_REPLY" | "BAD_REPLY" | "LOCK_STATUS" | "CERT_NOT_FOUND" | "CERT_CHOOSE"
  | "PIN_WRONG" | "PIN_LAST_TRY" | "PIN_LOCKED" | "PIN_LENGTH" | "PIN_EMPTY" | "PIN_CANCELLED"
  | "CERT_UNREADABLE" | "CERT_EXPIRED" | "CERT_NOT_YET" | "CERT_USAGE" | "KEY_UNSUPPORTED" | "SIGN_FAILED"
  | "SIGNATURE_INVALID" | "CHAIN_UNTRUSTED" | "CHAIN_INVALID"
  | "OPERATION_UNPROVEN" | "PIN_NEW" | "LOCK_NOT_BLANK" | "LOCK_UNFINISHED" | "DELIVERY_INVALID" | "AUTHORITY_FAILED"
  | "AUTHORISATION_UNKNOWN" | "AUTHORISATION_USED" | "AUTHORISATION_EXPIRED" | "REQUEST_INVALID" | "KEY_CERTIFIED"
  | "CERT_REVOKED" | "STATUS_UNKNOWN" | "STATUS_UNREADABLE"
  | "SEAL_UNREADABLE" | "SEAL_INVALID" | "SEAL_MISMATCH" | "SEAL_EXPIRED" | "SEAL_NOT_YET" | "DIGEST_UNSUPPORTED"
  | "DOCUMENT_CHANGED" | "DOCUMENT_UNREADABLE" | "DOCUMENT_INCOMPLETE" | "DOCUMENT_NAMES" | "DOCUMENT_TOO_LARGE"
  | "DOCUMENT_ENCRYPTED" | "DOCUMENT_LOCKED" | "PLACEMENT_INVALID" | "KEYWORD_NOT_FOUND"
  | "FIELD_REFUSED" | "PICTURE_UNREADABLE"
  | "FORMAT_UNSUPPORTED" | "NONCE_UNKNOWN" | "NONCE_USED" | "NONCE_EXPIRED"
  | "ORIGIN_MISMATCH" | "PURPOSE_MISMATCH" | "ACCOUNT_MISMATCH" | "PAYLOAD_MISMATCH"
  | "KEY_NOT_BOUND" | "KEY_ALREADY_BOUND" | "KEY_EMPTY_ID" | "PERSONAL_KEY" | "PRODUCT_NOT_ACCEPTED" | "NO_SEAL"
  | "NAME_MISMATCH" | "CODE_MISMATCH" | "SERIAL_CHANGED" | "CODE_REGISTERED" | "NAME_TAKEN" | "CA_LOGIN_ONLY"
  | "PASSWORD_WRONG" | "ACCOUNT_LOCKED" | "NOT_ACTIVATED" | "NOT_SUBMITTED" | "NOT_REVIEWED" | "NOT_YET_SYNCED" | "NEED_CA_TO_SUBMIT"
  | "PAPER_ONLY" | "FORM_INVALID" | "STATE_CONFLICT" | "NOT_ALLOWED" | "LETTER_MISSING" | "LETTER_MISMATCH" | "FONT_MISSING" | "RATE_LIMITED" | "CSRF_MISSING"
  | "CHALLENGE_INVALID" | "PARAMETER" | "NOT_INITIALISED" | "ABORTED" | "CHALLENGE_FAILED" | "SUBMIT_FAILED"
  | "BAD_REQUEST" | "TOO_LARGE" | "FORBIDDEN_ORIGIN" | "NOT_LOGGED_IN" | "NOT_FOUND" | "STORE_UNAVAILABLE" | "INTERNAL";

/** A backend may refuse with a code of its own, such as `KEY_NOT_BOUND`. */
export type AnyCode = Code | (string & {});

/** Where in a login something happened. */
export type Phase = "choose" | "open" | "read" | "pin" | "sign" | "write" | "authority" | "verify" | "close";

/** The one kind of error. Holds no PIN and nothing from a certificate, so it can be logged. */
export class CalockError extends Error {
  constructor(code: AnyCode, more?: {
    phase?: Phase; retriable?: boolean; triesLeft?: number | null; status?: number; detail?: string;
    texts?: { zh?: string; en?: string }; cause?: unknown;
  });
  readonly name: "CalockError";
  readonly code: AnyCode;
  readonly phase: Phase | undefined;
  /** Whether the same call can succeed when the person does what the catalogue says. */
  readonly retriable: boolean;
  /** PIN tries left, when the lock said so. */
  readonly triesLeft: number | undefined;
  /** What the portal answered, when it refused what `<calock-login>` sent: its own fields, such as both names of `NAME_MISMATCH`. */
  readonly answer?: unknown;
  /** The lock's status word (SW1 SW2), when a refused command is the cause. */
  readonly status: number | undefined;
  /** A short English remark for developers. */
  readonly detail: string | undefined;
  /** The backend's own sentences, for a code that the catalogue does not have. */
  readonly texts: { zh?: string; en?: string } | undefined;
  readonly cause?: unknown;
}

/** True for errors of this module, also of a second copy of it on the page. */
export function isCalockError(error: unknown): error is CalockError;

/** What happened and what to do, for a person. English for `en…`, Chinese for everything else. */
export function describe(error: unknown, lang?: string): { code: AnyCode; what: string; todo: string };

export interface Abortable {
  signal?: AbortSignal;
}

/**
 * Loads the wasm. May be called many times; a failure can be retried. `locks` calls it by itself; call it early (on
 * hover, say), because the browser's chooser opens only while the click is fresh.
 * Rejects with `WASM_LOAD_FAILED` or `WASM_BLOCKED_BY_CSP`.
 */
export function init(options?: {
  /** Where `calock_wasm_bg.wasm` is; beside the script when absent. */
  wasm?: WasmSource;
  /** Where `calock_full_bg.wasm` is. It is not loaded here but when the first lock or call needs it. */
  full?: WasmSource;
}): Promise<void>;

export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/** The release, as the wasm says it; `undefined` before `init()`. */
export function version(): string | undefined;

export interface Support {
  /** Everything is there. */
  readonly ok: boolean;
  readonly hid: boolean;
  readonly wasm: boolean;
  readonly secureContext: boolean;
  /** `Permissions-Policy` and frame attributes allow `hid`. */
  readonly policy: boolean;
  /** The codes of what is missing, the most telling first. */
  readonly reasons: readonly Code[];
}

/** What this browser and this page can do, found by trying features. */
export function support(): Support;

/** Codes that only {@link diagnose} gives, beside those of errors; all stand in docs/errors.md. */
export type FindingCode =
  | Code | "ALL_WELL" | "SECURE_CONTEXT" | "WEBHID" | "POLICY_ALLOWS" | "WASM_RUNS" | "LOCK_ANSWERS" | "CERT_USABLE"
  | "PERMISSION_LOST" | "LOCK_HIDDEN" | "NO_WEBUSB" | "NO_LOCK" | "SEVERAL_LOCKS";

/** One thing that was looked at. */
export interface Finding {
  readonly code: FindingCode;
  readonly level: "ok" | "problem" | "note";
  /** Which of the code's causes: `"firefox"`, `"frame"`, `"card"`, `"windows"` … */
  readonly variant?: string;
  /** What was found, in the language asked for. */
  readonly text: string;
  /** What to do; empty when there is nothing to do. */
  readonly advice: string;
}

export interface Diagnosis {
  readonly ok: boolean;
  /** The first problem's, or `"ALL_WELL"`; `text` and `advice` are its sentences. */
  readonly code: FindingCode;
  readonly text: string;
  readonly advice: string;
  readonly findings: readonly Finding[];
  /** All of it as text for support: codes, models, lengths and status words; no name, PIN, serial number or certificate. */
  readonly report: string;
}

export interface DiagnoseOptions extends Abortable {
  /** Milliseconds to wait for a lock to be plugged in when none is there; 1500 by default. */
  wait?: number;
  /** The code of the error that led here. */
  after?: AnyCode;
  /** As in {@link describe}; the page's by default. */
  lang?: string;
  /** Where the findings are shown, too. */
  into?: Element;
}

/**
 * Why no lock can be used: looks at the page, the browser, what is plugged in and what a lock answers without a PIN. Opens no
 * chooser, changes nothing, ends within seconds; fetched when it is first called. Rejects with `ABORTED` only, or with
 * `WASM_LOAD_FAILED` when its own script cannot be fetched.
 */
export function diagnose(options?: DiagnoseOptions): Promise<Diagnosis>;

/** `"added"` and `"removed"`. */
export interface LockEvent extends Event {
  readonly lock: Lock;
}

export interface RequestOptions extends Abortable {
  /**
   * The chooser of WebUSB instead of WebHID's; a browser has no chooser for both. Rejects with `PROTECTED_CLASS` when what was
   * chosen is a smart card reader or a drive, which no page may use. Using the lock may reject with `DRIVER_DENIED` (the
   * system keeps it back) or `LOCK_BUSY` (another page or program has it).
   */
  usb?: boolean;
  /** WebHID's chooser with every model that has a HID face, also those that only the module with everything in it knows. */
  all?: boolean;
}

export interface LockList extends EventTarget {
  /**
   * Opens the browser's chooser; call it in a click. Rejects with `GESTURE_REQUIRED`, `CHOOSER_CANCELLED`,
   * `POLICY_BLOCKED` or what `init()` rejects with.
   */
  request(options?: RequestOptions): Promise<Lock>;
  /**
   * The locks that are plugged in and that this site was allowed to use before, HID and USB. Silent. Loads the module with
   * everything in it only when there is a device that the light one does not know.
   */
  known(options?: Abortable): Promise<readonly Lock[]>;
  addEventListener(type: "added" | "removed", listener: (event: LockEvent) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener(type: "added" | "removed", listener: (event: LockEvent) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

/**
 * The locks of this computer. Events come from the first `request()` or `known()` on. When the page goes away all
 * locks are released; after a return from the back-forward cache ask for them again.
 */
export const locks: LockList;

/** A CA lock that this page may use. Made by {@link locks}. */
export class Lock {
  private constructor();
  /** Names this connection within the page; not a serial number. */
  readonly id: string;
  /** The model that was recognised, such as "gm3000"; "longmai-unknown" is only read and never given a PIN. */
  readonly profile: string;
  /** What to call it in a list: the model, or the device's name as the browser tells it. */
  readonly name: string;
  /** Whether it was closed, released or unplugged; ask for the lock again. */
  readonly closed: boolean;
  /** What `certificates()` gave last. */
  readonly certificatesRead: readonly CertificateInfo[] | undefined;
  /** Opens the lock and reads its certificates. */
  certificates(options?: Abortable): Promise<readonly CertificateInfo[]>;
  info(options?: Abortable): Promise<LockInfo>;
  /** Exchanges with the lock so far. */
  readonly exchanges: number;
  /** The last exchanges, one line each: instruction, lengths, status word; no data. For support. */
  journal(): string;
  /** Asks for the PIN, has the statement signed, checks the signature, and returns what a backend is sent. */
  login(request: LoginRequest): Promise<SignedStatement>;
  /**
   * What one can do with a lock besides logging in. Fetches the module with everything in it, closes this lock and opens its
   * device there.
   */
  tools(): Promise<LockTools>;
  /** Leaves the lock as it was found and lets other pages have it. Never rejects. */
  close(): Promise<void>;
  /** `await using lock = …`; where the browser has `Symbol.asyncDispose`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A lock's tools. Made by `lock.tools()`; they end with `close()`, when the lock is pulled out, and when the page goes. */
export interface LockTools {
  readonly profile: string;
  readonly closed: boolean;
  /** The last exchanges, one line each: instruction, lengths, status word; no data. */
  journal(): string;
  /** Everything that the lock tells without a PIN. Of a lock of unknown model only its basic data. */
  info(options?: Abortable): Promise<LockReport>;
  containers(options?: Abortable): Promise<readonly ContainerReport[]>;
  files(options?: Abortable): Promise<readonly FileReport[]>;
  /** 1 to 32 bytes of UTF-8. */
  setLabel(label: string, options?: Abortable): Promise<null>;
  /** `OPERATION_UNPROVEN` where the model's way is not known to be right: nothing was sent then. */
  changePin(request: PinChange): Promise<null>;
  /**
   * Has a certificate made on a blank lock (证书制作). `LOCK_NOT_BLANK` for one that holds anything; `LOCK_UNFINISHED` for one
   * on which a certificate was begun: `resume: true` goes on with the same key.
   */
  produce(request: Production): Promise<Produced>;
  /** Clears away what an unfinished `produce()` left; nothing else is ever cleared. */
  clearUnfinished(request: ToolsAsk): Promise<null>;
  /** A CA's counter over HTTP: `POST url/orders` and `POST url/certificates`, as the reference portal has them. */
  authority(url: string, code: string): Authority;
  /** The content of a file that everybody may read, such as a seal. */
  readFile(name: string, options?: Abortable): Promise<Uint8Array>;
  /**
   * Signs what documents are sealed with, one PIN for all; afterwards the lock forgets it. Answers with the number of signatures. Only whole
   * DER SEQUENCEs and SETs are signed, so no login statement can be.
   */
  seal(request: SealingRequest): Promise<number>;
  /** Writes down what is said to the lock from now on; PINs, random numbers and identities are masked as it is written. */
  record(): void;
  /** Ends the recording and gives it as a script; `undefined` when none was under way. */
  recording(): string | undefined;
  close(): Promise<void>;
}

export interface ToolsAsk extends Abortable {
  pin(ask: TriesAsk): Promise<PinAnswer>;
  onStep?(step: ManageStep): void;
}

/** PIN tries before a PIN is spent; `null` where the lock does not tell. */
export interface TriesAsk {
  readonly triesLeft: number | null;
  readonly triesMax: number | null;
  /** One try is left: answer with `lastTry: true` only after the person agreed, else `PIN_LAST_TRY`. */
  readonly lastTry: boolean;
  /** The PIN is the one that the lock was delivered with. */
  readonly isDefault: boolean;
  readonly signal: AbortSignal;
}

export interface PinChange extends Abortable {
  /** Bytes are wiped afterwards, strings cannot be. `null`: the person does not want to. */
  pin(ask: TriesAsk): Promise<{ old: string | Uint8Array; new: string | Uint8Array; lastTry?: boolean } | null>;
  onStep?(step: ManageStep): void;
}

export interface Production extends ToolsAsk {
  /** The request's subject; what the certificate says is the CA's to decide. */
  holder: { readonly name: string; readonly organisation?: string | null };
  /** Hands the CA a request (PKCS#10, DER). */
  certify(request: Uint8Array, signal: AbortSignal): Promise<Delivery>;
  resume?: boolean;
  /** For a lock without an application, of a model that is known to take one. */
  application?: { readonly name: string; readonly adminPin: string | Uint8Array; readonly deviceKey?: Uint8Array };
}

/** What a CA delivers: bytes, or base64 of them. */
export interface Delivery {
  readonly certificate: string | Uint8Array;
  readonly encryptionCertificate: string | Uint8Array;
  /** ENVELOPEDKEYBLOB (GM/T 0016). */
  readonly envelopedKey: string | Uint8Array;
}

/** What was made, as it was read back from the lock. */
export interface Produced {
  readonly container: string;
  readonly signing: CertificateInfo;
  readonly encryption: CertificateInfo;
}

export interface Authority {
  /** Whose order it is. */
  order(options?: Abortable): Promise<{
    readonly holder: { readonly name: string; readonly organisation: string | null; readonly kind: string };
    readonly expires: string;
    /** A lock was begun with this code; only that one can be finished with it. */
    readonly begun: boolean;
  }>;
  certify(request: Uint8Array, signal: AbortSignal): Promise<Delivery>;
}

export interface ManageStep {
  readonly at:
    | "waiting" | "opening" | "reading" | "pin" | "initialising" | "generating" | "signing" | "certifying" | "importing"
    | "changing" | "clearing" | "checking" | "done";
}

export interface LockReport {
  readonly model: string;
  /** A model that is not known: nothing in it is changed and no PIN is sent to it. */
  readonly readOnly: boolean;
  readonly canChangePin: boolean;
  /** `null` when the lock does not tell. */
  readonly device: {
    readonly manufacturer: string;
    readonly issuer: string;
    readonly label: string;
    readonly serial: string;
    readonly hardware: string | null;
    readonly firmware: string | null;
    readonly totalSpace: number | null;
    readonly freeSpace: number | null;
  } | null;
  readonly applications: readonly {
    readonly name: string;
    readonly pin: { readonly triesLeft: number; readonly triesMax: number; readonly isDefault: boolean } | null;
    readonly containers: readonly ContainerReport[];
    readonly files: readonly FileReport[];
  }[];
}

export interface ContainerReport {
  readonly name: string;
  readonly kind: "sm2" | "rsa" | "empty";
  readonly signing: KeyReport;
  readonly encryption: KeyReport;
  /** A certificate was begun here and not finished. */
  readonly unfinished: boolean;
  /** With what the lock refused to go on, in the fields of a {@link CalockError}; nothing is known of what was not read before. */
  readonly fault: { readonly code: Code; readonly status?: number | null; readonly phase?: Phase } | null;
}

export interface KeyReport {
  readonly state: "empty" | "key" | "certificate" | "unreadable";
  readonly bits: number;
  readonly certificate: CertificateInfo | null;
  /** The certificate itself, base64. */
  readonly der?: string;
}

export interface FileReport {
  readonly name: string;
  /** These: `null` when the lock does not tell. */
  readonly size: number | null;
  /** Or the lock's own number, eight hexadecimal digits. */
  readonly read: "nobody" | "administrator" | "user" | "anyone" | (string & {}) | null;
  readonly write: "nobody" | "administrator" | "user" | "anyone" | (string & {}) | null;
}

export interface LockInfo {
  /** These three: `null` when the lock does not tell. */
  readonly label: string | null;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly applications: readonly string[];
}

export type Purpose = "login" | "register" | "bind" | "activate" | "unbind" | "submit" | "seal" | "selftest";

/** What a backend answers to `POST challenge`; hand it on as it came. */
export interface Challenge {
  /** base64url without padding, 32 bytes; single use. */
  readonly nonce: string;
  /** RFC 3339, UTC, from the backend's clock. */
  readonly time: string;
  readonly expires?: string;
  readonly purpose?: Purpose;
  readonly account?: string | null;
  /** Hex digest of what is submitted. */
  readonly payload?: string | null;
}

export interface LoginRequest extends Abortable {
  challenge: Challenge;
  /** Each of these three: the challenge's when absent. */
  purpose?: Purpose;
  account?: string | null;
  payload?: string | null;
  /** The fingerprint of the certificate to use; needed when there are several (`CERT_CHOOSE`). */
  certificate?: string;
  pin: PinProvider;
  onStep?(step: Step): void;
}

export interface PinAsk {
  readonly triesLeft: number | null;
  readonly triesMax: number | null;
  /** One try is left: answer with `lastTry: true` only after the person agreed, else `PIN_LAST_TRY`. */
  readonly lastTry: boolean;
  readonly purpose: Purpose;
  readonly certificate: CertificateInfo;
  /** Fires when the question has become pointless: unplugged, aborted. */
  readonly signal: AbortSignal;
}

/** `null` or a rejection: the person does not want to (`PIN_CANCELLED`). Bytes can be wiped afterwards, a string cannot. */
export type PinAnswer = string | Uint8Array | { pin: string | Uint8Array; lastTry?: true } | null;
export type PinProvider = (ask: PinAsk) => Promise<PinAnswer>;

/** What goes on during `lock.login()`. */
export type Step =
  /** Another page has the lock. */
  | { readonly at: "waiting" }
  | { readonly at: "opening" }
  | { readonly at: "reading" }
  | { readonly at: "certificate"; readonly certificate: CertificateInfo }
  | { readonly at: "pin"; readonly triesLeft?: number | null }
  | { readonly at: "signing" }
  | { readonly at: "checking" }
  | { readonly at: "done" };

/** What goes on in a `<calock-login>`: the lock's steps and its own. */
export type ElementStep = Step | { readonly at: "loading" | "choosing" | "submitting" };

/** What is posted to the backend, as JSON. Bytes are base64. */
export interface SignedStatement {
  readonly format: "calock:1";
  readonly purpose: Purpose;
  readonly origin: string;
  readonly nonce: string;
  readonly client: string;
  readonly account: string | null;
  readonly payload: string | null;
  readonly time: string;
  readonly certificate: string;
  readonly algorithm: "SM2-SM3" | "RS256" | "ES256";
  readonly signature: string;
  readonly software: string;
}

export interface CertificateInfo {
  /** Hex digest of the DER: SM3 for SM2 keys, SHA-256 for RSA and P-256. */
  readonly fingerprint: string;
  readonly holder: Holder;
  readonly subject: readonly NameAttribute[];
  readonly issuer: readonly NameAttribute[];
  /** Upper-case hex. */
  readonly serial: string;
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly algorithm: string;
  readonly usage: "signing" | "encryption" | "both" | "unspecified";
  /** The container in the lock. */
  readonly container: string;
  readonly state: "ok" | "expired" | "not-yet";
}

export interface NameAttribute {
  readonly oid: string;
  readonly name: string;
  readonly value: string;
}

export interface Holder {
  readonly name: string;
  readonly organisation?: string | null;
  /** Who uses an employee's lock, or the person. */
  readonly person?: string | null;
  /** The value of the identity that decides. */
  readonly code?: string | null;
  readonly kind: "enterprise" | "employee" | "person" | "unknown";
  /** Why this kind. */
  readonly evidence: readonly string[];
  readonly identities: readonly Identity[];
}

export interface Identity {
  /** GB 32100, GB 11714, GB 11643, the old licence number, none of these. */
  readonly kind: "uscc" | "organisation" | "person" | "licence" | "other";
  readonly value: string;
  readonly oid: string;
  /** For showing. */
  readonly masked: string;
}

/** Where a `<calock-login>` stands; its `state` attribute. */
export type ElementState =
  | "idle" | "loading" | "choosing" | "locks" | "reading" | "certificates" | "pin" | "signing" | "submitting" | "done" | "error"
  | "unsupported";

/** A cancelled `calock-signed`: the page takes the signed object; nothing is submitted, no page is opened. */
export interface CalockLoginEvents {
  "calock-step": CustomEvent<ElementStep>;
  "calock-signed": CustomEvent<SignedStatement>;
  /** After the backend's yes (`detail`: its answer) or, without `submit-url`, after signing. Cancel it to stay here. */
  "calock-done": CustomEvent<{ readonly next?: string } | null>;
  "calock-error": CustomEvent<CalockError>;
}

/**
 * `<calock-login challenge-url submit-url next-url lang name>`.
 *
 * - `challenge-url`: `POST {purpose, account, payload}` → {@link Challenge}.
 * - `submit-url`: `POST` {@link SignedStatement} → `{next?}` or 4xx `{code, message: {zh, en}}`. Without it the element only
 *   tells `calock-signed` and is, inside a form and with a `name`, a field that holds the JSON.
 * - `next-url`: where to go when the answer has no `next`.
 * - `lang`: `en…` is English; the nearest ancestor's `lang` counts too; Chinese by default.
 *
 * Told outside: attributes `state` ({@link ElementState}), `code`, `tries-left`. Slots: `unsupported`, `help`.
 * Parts: `panel button primary secondary link progress status certificate holder kind note pin pin-error show tries
 * last-try lock error error-title details result`. Properties: `--calock-accent --calock-on-accent --calock-text
 * --calock-muted --calock-paper --calock-soft --calock-line --calock-field-line --calock-radius --calock-font
 * --calock-danger --calock-warning --calock-good`.
 */
export class CalockLogin extends HTMLElement {
  /** Gives up what runs, as the Cancel button does. */
  cancel(): void;
  addEventListener<K extends keyof CalockLoginEvents>(type: K, listener: (this: CalockLogin, event: CalockLoginEvents[K]) => void, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof CalockLoginEvents>(type: K, listener: (this: CalockLogin, event: CalockLoginEvents[K]) => void, options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "calock-login": CalockLogin;
  }
  interface HTMLElementEventMap extends CalockLoginEvents {}
}

// ---- 电子签章 · electronic seals: calock-seal.js beside calock.js, api-seal.js beside api.js ----

export interface CalockSealEvents {
  "calock-connected": CustomEvent<{ signers: readonly CertificateInfo[]; seals: number }>;
  "calock-sealed": CustomEvent<{ file: File }>;
  "calock-verified": CustomEvent<SealReport>;
  "calock-posted": CustomEvent<{ answer: unknown }>;
}

/**
 * `<calock-seal>`: places seals on a document and has the lock sign. Attributes `post-url`, `seals-url`, `lang` (may change at any time), and
 * the colours of `<calock-login>`; a failure is the event "calock-error".
 */
export class CalockSeal extends HTMLElement {
  /** A code that stands against sealing here, such as NO_SEAL. */
  refusal?: string;
  csrf?: string;
  /** Whose the posted documents are. */
  account?: string;
  /** Whether places would be lost with the page. */
  readonly unsaved: boolean;
  open(file: Blob): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    "calock-seal": CalockSeal;
  }
  interface HTMLElementEventMap extends CalockSealEvents {}
}

export interface SealingRequest extends Abortable {
  /** Fingerprint of the certificate. */
  certificate: string;
  /** Is given the certificate (DER) first, then each signature (DER); gives the next message, nothing at the end. */
  next(last: Uint8Array): Promise<Uint8Array | undefined>;
  /** What posts the documents: a challenge of the purpose "seal" that is asked for at the end and signed with the same PIN. */
  statement?: { challenge(): Pick<Challenge, "nonce" | "time" | "account" | "payload"> | undefined; take(signed: SignedStatement): void };
  pin(ask: PinAsk): Promise<PinAnswer>;
  onStep?(step: Step): void;
}

/**
 * The same place on each page of a list, the middle of an empty signature field (PDF), or a slice on each page (骑缝章). Millimetres of the
 * displayed page, to the micrometre.
 */
export type SealPlacement =
  | { readonly pages: string; readonly x: number; readonly y: number }
  | { readonly field: string }
  | {
      readonly across: "right" | "left" | "top" | "bottom";
      readonly at: number;
      readonly pages?: string;
      readonly skipFirst?: number;
      readonly skipLast?: number;
      readonly slices?: number;
    };

/** Where a seal stands on a page (from 1); `clip`: what of it shows, in its own coordinates. */
export interface SealPlace {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly clip: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

/** An empty signature field of a PDF: its rectangle on a page (from 1), in millimetres; without width and height it does not show. */
export interface SealField extends Omit<SealPlace, "clip"> {
  readonly name: string;
}

/** A picture of a handwritten signature (手写签名), and the box on a page (from 1) that it fills. Paper that is white does not hide the page. */
export type SealPicture = Omit<SealPlace, "clip"> & ({ readonly blob: Blob } | { readonly bytes: Uint8Array });

/** What `seal()` does under one PIN: a signature for each of `stamps`; `pictures` go in with the first. */
export interface SealOrder extends Abortable {
  tools: LockTools;
  /** Fingerprint of the certificate. */
  certificate: string;
  stamps: readonly { readonly seal: object; readonly placements?: readonly SealPlacement[]; readonly field?: string }[];
  pictures?: readonly SealPicture[];
  /** No further seal may follow. */
  lock?: boolean;
  pin(ask: PinAsk): Promise<PinAnswer>;
  onStep?(step: Step): void;
  onProgress?(part: number): void;
}

/** A piece of text on a displayed page (from 1), in millimetres; `along`: the direction in which it is read. */
export interface SealTextRun {
  readonly page: number;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly along: "right" | "down" | "left" | "up";
}

/** Where a word stands: the box around its letters. */
export type SealTextHit = Omit<SealTextRun, "text" | "along">;

/** What `openDocument()` gives. */
export interface SealDocument {
  readonly file: Blob;
  readonly name: string;
  readonly kind: "ofd" | "pdf";
  readonly pages: readonly ({ readonly width: number; readonly height: number } | null)[];
  /** Where a word stands, in reading order; `runs`: the texts of a PDF, as its viewer gives them. White space and half or full width do not matter. */
  find(word: string, options?: Abortable & { runs?: readonly SealTextRun[] }): Promise<SealTextHit[]>;
  /** The empty signature fields; an OFD document has none. */
  fields(options?: Abortable): Promise<SealField[]>;
  /** The file of a picture, as `content()` names it (OFD). */
  picture(file: string): Promise<Uint8Array>;
}

export interface SealInfo {
  readonly version: 1 | 4 | 5;
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly validFrom: string;
  readonly validUntil: string;
  /** `png`, `jpg`, `gif`, `bmp`, `svg`, `ofd`. */
  readonly format: string;
  /** Millimetres. */
  readonly width: number;
  readonly height: number;
  readonly signers: readonly { readonly name: string | null; readonly fingerprint: string }[];
  readonly maker: string;
  readonly signature: Outcome;
  readonly dates: Outcome;
}

export type Outcome = "ok" | "failed" | "not checked";

/** What `calock seal verify --json` prints. */
export interface SealReport {
  readonly signatures: readonly {
    readonly checks: Readonly<Record<string, Outcome>>;
    readonly codes: Readonly<Record<string, string>>;
    readonly id: string;
    readonly kind: "seal" | "sign";
    readonly time: string | null;
    /** When, as a time-stamp token says; `checks.time_stamp` says what that is worth. */
    readonly stamped: string | null;
    readonly signer: string | null;
    readonly seal: Pick<SealInfo, "version" | "id" | "name" | "vendor" | "validFrom" | "validUntil"> | null;
    readonly stamps: readonly { readonly page: number; readonly boundary: string; readonly clip: string | null }[];
    readonly changed: readonly string[];
    readonly added: readonly string[];
  }[];
}

export interface SealTestResult {
  readonly ok: boolean;
  /** The first check that fails, by its code. */
  readonly code: string | null;
  /** Whether a seal of the lock was used; otherwise the lock made one for the test. */
  readonly sealInLock: boolean;
  readonly sealsInLock: number;
  readonly seal: SealInfo;
  readonly signer: CertificateInfo;
  readonly report: SealReport["signatures"][number];
  readonly file: File;
  readonly picture: SVGSVGElement;
}
