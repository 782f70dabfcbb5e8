/**
 * The element's own look. Constructed, because pages forbid inline styles; every colour can be set from outside.
 * @module
 */
const TEXT = `
:host { display: block; color: var(--calock-text, #1b2733); font: 16px/1.6 var(--calock-font, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif); text-align: start;
  --_a: var(--calock-accent, #0f4c81); --_on: var(--calock-on-accent, #fff); --_r: var(--calock-radius, 6px); --_line: var(--calock-line, #cfd7df);
  --_soft: var(--calock-soft, #f3f6f9); --_dim: var(--calock-muted, #51606e); --_bad: var(--calock-danger, #a8261c); --_warn: var(--calock-warning, #7d4a00); --_good: var(--calock-good, #146b3a); --_paper: var(--calock-paper, #fff); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h2, p, dl, dd, ol, ul, fieldset, legend, pre { margin: 0; padding: 0; border: 0; }
h2, legend { font-size: 18px; line-height: 1.45; font-weight: 600; }
h2:focus, .text:focus { outline: none; }
ol, ul { list-style: none; }
button, input { font: inherit; color: inherit; }
button { min-height: 44px; padding: 0 20px; border-radius: var(--_r); border: 1px solid transparent; background: none; cursor: pointer; }
:is(button, input, summary, pre):focus-visible { outline: 3px solid var(--_a); outline-offset: 2px; }
.primary { background: var(--_a); color: var(--_on); font-weight: 600; }
.primary:hover { box-shadow: inset 0 0 0 99px #0002; }
.panel > .primary { width: 100%; min-height: 52px; font-size: 17px; }
.secondary { border-color: var(--_line); background: var(--_paper); }
.secondary:hover, .choice:not(.off):hover { border-color: var(--_a); }
.link { color: var(--_a); padding: 0 8px; margin-inline-start: auto; }
.link:hover { text-decoration: underline; }
.small { min-height: 36px; padding: 0 14px; font-size: 14px; }
.actions { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 20px; align-items: center; }
form .actions .primary { min-width: 128px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.way { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px; margin-bottom: 20px; font-size: 13px; color: var(--_dim); }
.way li { border-top: 3px solid var(--_line); padding-top: 6px; }
.way .past { border-color: var(--_a); }
.way .now { border-color: var(--_a); color: var(--_a); font-weight: 600; }
.busy { display: flex; gap: 14px; align-items: flex-start; min-height: 56px; }
.text { font-weight: 600; }
.note-line, small, .under { font-size: 14px; color: var(--_dim); }
.spinner { flex: none; width: 22px; height: 22px; margin-top: 2px; border: 3px solid var(--_line); border-top-color: var(--_a); border-radius: 50%; animation: turn 0.9s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
.certificate { border: 1px solid var(--_line); border-radius: var(--_r); background: var(--_soft); padding: 14px 16px; margin: 0 0 18px; }
.holder { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; font-size: 17px; line-height: 1.45; overflow-wrap: anywhere; }
.kind, .note { font-size: 13px; line-height: 1.5; padding: 1px 8px; border-radius: 99px; white-space: nowrap; }
.kind { border: 1px solid var(--_a); color: var(--_a); }
.note { margin-inline-start: 8px; font-weight: 600; border: 1px solid; }
.soon { color: var(--_warn); } .bad { color: var(--_bad); }
dl { margin-top: 8px; font-size: 14px; }
dl div { display: grid; grid-template-columns: minmax(5em, auto) 1fr; gap: 12px; padding: 2px 0; }
dt { color: var(--_dim); min-width: 8.5em; } dd { overflow-wrap: anywhere; }
.code { font-variant-numeric: tabular-nums; letter-spacing: 0.03em; }
.purpose { font-size: 14px; margin-bottom: 14px; } .purpose span { color: var(--_dim); margin-inline-end: 8px; } .purpose b { font-weight: 600; }
.pin > label[for] { display: block; font-weight: 600; margin-bottom: 6px; }
.field { display: flex; border: 1px solid var(--calock-field-line, #75828e); border-radius: var(--_r); background: var(--_paper); }
.field:focus-within { border-color: var(--_a); box-shadow: 0 0 0 2px var(--_a); }
.field input { flex: 1; min-width: 0; height: 48px; padding: 0 14px; border: 0; background: none; font-size: 18px; letter-spacing: 0.08em; outline: none; }
.field:has(input[aria-invalid]), .field:has(input[aria-invalid]):focus-within { border-color: var(--_bad); box-shadow: 0 0 0 2px var(--_bad); }
.show { color: var(--_a); font-size: 14px; padding: 0 14px; min-height: 48px; }
.problem-line { color: var(--_bad); font-weight: 600; margin-top: 8px; } .problem-line:empty, .caps:empty { display: none; }
.caps { color: var(--_warn); }
.under { display: flex; flex-wrap: wrap; gap: 2px 16px; justify-content: space-between; margin-top: 8px; }
.few { color: var(--_bad); font-weight: 600; }
.last { display: flex; gap: 10px; margin-top: 14px; padding: 12px 14px; border: 1px solid var(--_bad); border-radius: var(--_r); }
input[type="checkbox"], input[type="radio"] { width: 18px; height: 18px; margin: 3px 0 0; flex: none; accent-color: var(--_a); }
.choices { margin-top: 14px; }
.choices .choice { min-height: 64px; }
.choice { display: flex; gap: 12px; width: 100%; text-align: start; margin-top: 10px; padding: 12px 16px; border: 1px solid var(--_line); border-radius: var(--_r); background: var(--_paper); cursor: pointer; align-items: flex-start; }
.choice.off { color: var(--_dim); background: var(--_soft); cursor: default; }
.line { display: block; overflow-wrap: anywhere; } .line strong, .line small { display: block; } .line .note { margin: 4px 0 0; display: inline-block; }
.problem { border-top: 3px solid var(--_bad); padding-top: 16px; } .problem h2 { color: var(--_bad); }
.calm { border-color: var(--_line); } .calm h2 { color: inherit; }
.problem > p { margin-top: 6px; } .problem .certificate { margin: 16px 0 0; }
.success h2 { color: var(--_good); } .success .certificate { margin: 14px 0 0; }
details { margin-top: 18px; font-size: 14px; color: var(--_dim); }
summary { cursor: pointer; } code, pre { font: 13px/1.6 ui-monospace, Consolas, monospace; }
pre { margin: 8px 0; padding: 10px 12px; background: var(--_soft); border-radius: var(--_r); white-space: pre-wrap; overflow-wrap: anywhere; color: inherit; }
.copied { margin-inline-start: 10px; }
@media (max-width: 480px) { dl div { grid-template-columns: 1fr; gap: 0; padding: 4px 0; } .actions > * { flex: 1 1 auto; } .link { flex-basis: 100%; margin: 0; } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } }
@media (forced-colors: active) { .field:focus-within { outline: 3px solid Highlight; } .way .past, .way .now { border-color: Highlight; } .spinner { border-top-color: Highlight; } .primary { border-color: ButtonText; } }
`;

let sheet;

/** One sheet for all elements of the page; made at first use, so that a server can import this file. */
export function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(TEXT);
  }
  return sheet;
}
