/**
 * Why no lock can be used, layer by layer: the page, the browser, what is plugged in, what a lock answers.
 *
 * Opens no chooser, sends no PIN, remembers nothing but that a lock was allowed once. Everything ends within seconds.
 * @module
 */
import { languageOf, learn } from "./catalogue.js";
import { devices } from "./diagnose/devices.js";
import { Finding } from "./diagnose/finding.js";
import { page } from "./diagnose/page.js";
import { Panel } from "./diagnose/panel.js";
import { report } from "./diagnose/report.js";
import { CalockError } from "./functions.js";

/**
 * @param {object} [options] see DiagnoseOptions in index.d.ts
 * @returns {Promise<object>} Diagnosis
 */
export async function diagnose({ signal, wait = 1500, after, lang, into } = {}) {
  const stillWanted = () => { if (signal?.aborted) throw new CalockError("ABORTED"); };
  stillWanted();
  const language = languageOf(lang ?? globalThis.document?.documentElement.lang ?? "");
  await learn(language);
  const panel = into && new Panel(into, language);
  // A panel that is gone has nobody who waits for it, and the lock is wanted for something else.
  const wanted = () => !signal?.aborted && (!into || into.isConnected);
  const seen = { hid: [], usb: [], journals: [] };
  const findings = await page();
  if (findings.every(({ level }) => level !== "problem")) findings.push(...(await devices({ signal, wait, after, wanted, seen })));
  stillWanted();
  const result = outcome(findings, seen, language);
  panel?.show(result);
  return result;
}

function outcome(findings, seen, language) {
  // A lock that answers is what a login takes; what is wrong with another device is then worth a note only.
  const answers = findings.some(({ code }) => code === "CERT_USABLE");
  const problem = answers ? undefined : findings.find(({ level }) => level === "problem");
  const { text, advice } = (problem ?? new Finding("ALL_WELL", "ok")).in(language);
  const told = findings.map((finding) => finding.in(language));
  const result = { ok: !problem, code: problem?.code ?? "ALL_WELL", text, advice, findings: told };
  return { ...result, report: report(result, seen) };
}
