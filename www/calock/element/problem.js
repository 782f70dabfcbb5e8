/**
 * An error as a person needs it: what happened, what to do, and something to read out on the phone.
 * @module
 */
import { version } from "../wasm.js";
import { describe } from "../errors.js";
import { diagnose } from "../late.js";
import { certificateCard, holderName } from "./certificate.js";
import { button, h } from "./dom.js";

/** What the person did on purpose is told calmly. */
const CALM = new Set(["ABORTED", "PIN_CANCELLED", "CHOOSER_CANCELLED", "GESTURE_REQUIRED"]);
/** Phases in which it is the way to the lock that does not work. */
const REACHING = /^[cor]/;
/** The certificate belongs to the message: it is the reason. */
const ABOUT_CERTIFICATE = /^(CERT|CHAIN|KEY)_/;

/**
 * @param {object} model
 * @param {import("./language.js").Words} words
 */
export function errorPanel({ error, expected, certificate, act }, words) {
  const { what, todo } = describe(error, words.lang);
  const calm = CALM.has(error.code);
  const target = h("h2", { tabindex: "-1", part: "error-title" }, what);
  // With the lock that is plugged in now it would be another login than the one that was begun.
  const again = error.code === "GESTURE_REQUIRED" ? "again" : error.retriable && error.code !== "WRONG_LOCK" ? "retry" : "restart";
  const content = h(
    "div",
    { part: "error", class: `problem${calm ? " calm" : ""}` },
    target,
    h("p", null, todo),
    expected && h("p", null, words.ui("expected", holderName(expected))),
    certificate && ABOUT_CERTIFICATE.test(error.code) && certificateCard(words, certificate),
    h(
      "div",
      { class: "actions" },
      button("primary", words.ui(again), () => act.start()),
      REACHING.test(error.phase) && button("link", words.ui("why"), () => diagnose({ into: content, lang: words.lang, after: error.code })),
      button("link", words.ui("other"), () => act.other()),
      // The browser has a chooser for each kind of device, and no way to have both kinds in one.
      calm && navigator.usb && button("link", words.ui("notListed"), () => act.usb()),
    ),
    !calm && details(error, words),
  );
  return { content, target };
}

/** Enough to find the cause, nothing that names a person: no PIN, no certificate, no serial number. */
function details(error, words) {
  const lines = [
    `code: ${error.code}`,
    error.phase && `phase: ${error.phase}`,
    error.status !== undefined && `status: ${error.status.toString(16).toUpperCase().padStart(4, "0")}`,
    error.triesLeft !== undefined && `tries: ${error.triesLeft}`,
    error.detail && `detail: ${error.detail}`,
    `calock: ${version() ?? "-"}`,
    `page: ${location.origin}`,
    `time: ${new Date().toISOString()}`,
    `browser: ${navigator.userAgent}`,
  ];
  return copyable(lines.filter(Boolean).join("\n"), words, words.ui("details"), h("code", null, error.code));
}

/**
 * A text for support, folded away, with a button that copies it.
 * @param {string} text
 * @param {import("./language.js").Words} words
 * @param {string} title
 * @param {Node} [more] stands beside the title
 */
export function copyable(text, words, title, more) {
  const pre = h("pre", { part: "details", tabindex: "0", role: "region", "aria-label": title }, text);
  const copied = h("span", { role: "status", class: "copied" });
  const copy = button("secondary small", words.ui("copy"), async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.textContent = words.ui("copied");
    } catch {
      // Without the clipboard the text is at least marked, ready for Ctrl+C.
      getSelection().selectAllChildren(pre);
    }
  });
  return h("details", null, h("summary", null, title, " ", more), pre, copy, copied);
}
