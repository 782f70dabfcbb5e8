/** Virtual CA locks in a page, for demonstrations and tests: `calock/virtual`. No production page loads it. */

/** What goes wrong, and where: `KIND@WHEN[:UNTIL]`, see docs/testing.md. */
export type FaultText = `${string}@${string}`;

/** What happened to one command: nothing in it has to be hidden. */
export interface Exchange {
  /** Which one it was since the lock was plugged in, from 1. */
  readonly number: number;
  /** What the command is called, `"VerifyPIN"`; empty when no list names it. */
  readonly name: string;
  /** Class byte of the command. */
  readonly class: number;
  /** Instruction byte of the command. */
  readonly instruction: number;
  /** Bytes of the command. */
  readonly sent: number;
  /** Bytes of data in the answer; `null` when the lock gave none. */
  readonly received: number | null;
  /** The answer's status word, 0x9000 for done; `null` when the lock gave none. */
  readonly status: number | null;
  /** The fault that struck it. */
  readonly fault: FaultText | null;
}

/**
 * A lock in the shape of Chromium's HIDDevice, or of its USBDevice. Events besides its own: `calock-log` when log or faults may
 * have changed, `calock-unplug` when it was pulled out, by a fault too.
 */
export interface VirtualDevice extends EventTarget {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly opened: boolean;
  /** What names it among virtual locks. */
  readonly serial: string;
  readonly label: string;
  /** PIN tries left; `undefined` for a lock without a PIN. */
  readonly triesLeft: number | undefined;
  /** What is inside, as the text of a lock file with everything that was changed; `undefined` for contents that never are. */
  file(): string | undefined;
  /** Whether it is plugged in. Once pulled out it stays so: plugged in again it is a new device. */
  readonly plugged: boolean;
  /** Milliseconds until an answer, 0 at first. */
  latency: number;
  /** Has something go wrong. Of several faults that fit one exchange the last one strikes. Throws `PARAMETER` for what is no fault. */
  inject(fault: FaultText): void;
  /** The faults that are still to strike. */
  readonly faults: readonly FaultText[];
  clearFaults(): void;
  /** The exchanges so far, the last 256. */
  readonly log: readonly Exchange[];
}

export interface PlugOptions {
  /** This site may use it without the chooser. */
  granted?: boolean;
  /** Milliseconds until an answer. */
  latency?: number;
  /** How it shows itself; `"hid"` when absent. */
  face?: "hid" | "usb";
  /** USB: another configuration descriptor than its own, for a device of several interfaces. */
  configuration?: Uint8Array;
  /** USB: the system does not let a browser open it. */
  denied?: boolean;
}

/** Something on USB that is no lock, or none that a page reaches; it says nothing, whatever it is sent. */
export interface OtherDevice {
  vendorId: number;
  productId: number;
  productName: string;
  serialNumber?: string;
  configuration: Uint8Array;
}

/** Plugs such a thing in. */
export function plugOther(about: OtherDevice, options?: { granted?: boolean; denied?: boolean }): VirtualDevice;

/**
 * Puts virtual locks beside the real ones behind `navigator.hid` and `navigator.usb`. `remember: false`: permissions end with
 * the page.
 */
export function install(options?: { remember?: boolean }): EventTarget;

/** Plugs a lock in: a lock file as text or object, its address, or the device of a lock that was pulled out. */
export function plug(lock: string | object | URL | VirtualDevice, options?: PlugOptions): Promise<VirtualDevice>;

/** Pulls a lock out. */
export function unplug(device: VirtualDevice): void;

/** The virtual locks that are plugged in now. */
export function pluggedIn(): VirtualDevice[];

/** Makes a lock file from a description, see `calock lock new`; SM2 only. */
export function describeLock(description: object): Promise<string>;

/**
 * `<calock-virtual-lock src lang>`, defined by `calock/virtual/panel`: the desk of somebody who tests a page. `src` is a list of locks,
 * `[{"name": "…", "title": {"zh": "…", "en": "…"}, "url"?: "…"}]`; without `url` a lock's file is `locks/NAME.json` beside the list.
 */
export class CalockVirtualLock extends HTMLElement {
  readonly src: URL | null;
}

declare global {
  interface HTMLElementTagNameMap {
    "calock-virtual-lock": CalockVirtualLock;
  }
}
