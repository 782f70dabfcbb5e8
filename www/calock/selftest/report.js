/**
 * What came of it: 检测通过 or the first problem, and a text for support: codes, states, times; no name, no PIN, no number in full.
 * @module
 */
import { model } from "../diagnose/models.js";
import { version } from "../functions.js";
import { browserName } from "./page.js";
import { sentences } from "./words.js";

export class Result {
  id = "result";
  #steps;
  #language;
  #seen;

  constructor(steps, language, seen) {
    this.#steps = steps;
    this.#language = language;
    this.#seen = seen;
  }

  /** @param {string} [language] */
  told(language = this.#language) {
    const problem = this.#steps.map(({ firstProblem }) => firstProblem).find(Boolean);
    const partly = this.#steps.some(({ state }) => state === "note" || state === "waiting");
    const code = problem?.said.code ?? "SELFTEST_OK";
    const { text, advice } = problem ? problem.sentences(language) : sentences({ code, variant: partly ? "notes" : undefined }, language);
    return { ok: !problem, code, text, advice, steps: this.#steps.map((step) => step.told(language)), report: this.#report(!problem, code) };
  }

  #report(ok, code) {
    const { device, lock, journals } = this.#seen;
    const lines = [
      "calock selftest:1",
      `ok: ${ok}`,
      `code: ${code}`,
      `calock: ${version() ?? "-"}`,
      `page: ${location.origin}${self === top ? "" : " (frame)"}`,
      `time: ${new Date().toISOString()}`,
      `browser: ${browserName()}; ${navigator.userAgent}`,
      lock && `lock: ${lock.profile} ${device ? model(device) : ""}`,
      ...this.#steps.flatMap((step) => [row(step.id, step), ...step.lines.map((line) => `  ${row(line.told("en").title, line)}`)]),
      ...journals.filter(Boolean).flatMap((journal) => ["journal:", ...journal.trimEnd().split("\n").map((line) => `  ${line}`)]),
    ];
    return lines.filter(Boolean).join("\n");
  }
}

/** "certificates: passed CERTS_OK 12 ms". */
function row(name, { state, said, ms, reported }) {
  const parts = [state, said?.code, said?.variant && `(${said.variant})`, ms !== undefined && `${ms} ms`, said?.error?.status && `status ${said.error.status.toString(16)}`];
  const more = reported?.() ?? [];
  return `${name}: ${parts.filter(Boolean).join(" ")}${more.length > 0 ? ` [${more.join("; ")}]` : ""}`;
}
