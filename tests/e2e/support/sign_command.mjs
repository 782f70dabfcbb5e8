/**
 * A report that carries the beginning of ECCSignData (80 74) or RSASignData (80 58), as characters of one byte each:
 * tag 12, the command's length in two bytes, the command. Source: GM/T 0017 table 116, Longmai's HID framing.
 */
export const SIGN_COMMANDS = /\x12..\x80[\x74\x58]/s;
