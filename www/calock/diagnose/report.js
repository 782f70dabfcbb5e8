/**
 * The findings as text for support: codes, models and lengths; no name, no number of a person, no serial number.
 * @module
 */
import { version } from "../functions.js";

/**
 * @param {object} result what diagnose() ends with
 * @param {{hid: object[], usb: object[], journals: string[]}} seen
 * @returns {string}
 */
export function report({ ok, code, findings }, { hid, usb, journals }) {
  const id = ({ vendorId, productId }) => [vendorId, productId].map((number) => number.toString(16).toUpperCase().padStart(4, "0")).join(":");
  const lines = [
    "calock diagnose:1",
    `ok: ${ok}`,
    `code: ${code}`,
    `calock: ${version() ?? "-"}`,
    `page: ${location.origin}${self === top ? "" : " (frame)"}`,
    `time: ${new Date().toISOString()}`,
    `browser: ${navigator.userAgent}`,
    ...hid.map((device) => `hid: ${id(device)} ${device.collections.join(" ")}`),
    ...usb.map((device) => `usb: ${id(device)} class ${device.classes.map((one) => one.toString(16).toUpperCase().padStart(2, "0")).join(" ")}`),
    ...findings.map(({ level, code: one, variant }) => `${level}: ${one}${variant ? ` (${variant})` : ""}`),
    ...journals.filter(Boolean).flatMap((journal) => ["journal:", ...journal.trimEnd().split("\n").map((line) => `  ${line}`)]),
  ];
  return lines.join("\n");
}
