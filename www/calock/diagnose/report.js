/**
 * The findings as text for support: codes, models and lengths; no name, no number of a person, no serial number.
 * @module
 */
import { version } from "../functions.js";
import { hex, model } from "./models.js";

/**
 * @param {object} result what diagnose() ends with
 * @param {{hid: object[], usb: object[], journals: string[]}} seen
 * @returns {string}
 */
export function report({ ok, code, findings }, { hid, usb, journals }) {
  const lines = [
    "calock diagnose:1",
    `ok: ${ok}`,
    `code: ${code}`,
    `calock: ${version() ?? "-"}`,
    `page: ${location.origin}${self === top ? "" : " (frame)"}`,
    `time: ${new Date().toISOString()}`,
    `browser: ${navigator.userAgent}`,
    ...hid.map((device) => `hid: ${model(device)} ${device.collections.join(" ")}`),
    ...usb.map((device) => `usb: ${model(device)} class ${device.classes.map((one) => hex(one).slice(2)).join(" ")}`),
    ...findings.map(({ level, code: one, variant }) => `${level}: ${one}${variant ? ` (${variant})` : ""}`),
    ...journals.filter(Boolean).flatMap((journal) => ["journal:", ...journal.trimEnd().split("\n").map((line) => `  ${line}`)]),
  ];
  return lines.join("\n");
}
