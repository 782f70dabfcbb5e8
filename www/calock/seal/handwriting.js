/**
 * 手写签名: drawn on a pad, or taken from a picture's file.
 * @module
 */
import { button, h } from "../element/dom.js";
import { asked, labelled } from "./dialog.js";
import { inkOf, pictureOf } from "./ink.js";
import { round } from "./model.js";
import { Pad } from "./pad.js";

const COLOURS = { black: "#111111", blue: "#173f9b" };
/** Millimetres: the usual width, and no higher than this at first. */
const [WIDTH, HEIGHT] = [40, 25];

/**
 * @param {{root: ShadowRoot, speech: import("./speech.js").Speech}} place
 * @returns {Promise<{picture: Blob, width: number, height: number}|null>} a PNG without paper, in millimetres
 */
export function askHandwriting(place) {
  const { w } = place.speech;
  let pad;
  const answered = asked(place, "handTitle", (answer) => {
    let file;
    const told = h("p", { class: "hint", role: "status" });
    const shown = h("div", { class: "pad shown", hidden: true, role: "img", "aria-label": w("handTitle") });
    const colour = h("select", null, Object.keys(COLOURS).map((one) => h("option", { value: one }, w(one))));
    const paper = h("input", { type: "checkbox", checked: true });
    const width = h("input", { type: "number", value: WIDTH, min: 5, max: 200, step: 1, inputmode: "decimal" });
    const input = h("input", { type: "file", accept: "image/*", class: "hidden", tabindex: "-1", "aria-hidden": "true" });
    const undo = button("small secondary", w("undoStroke"), () => pad.undo());
    const clear = button("small secondary", w("clear"), () => {
      file = undefined;
      pad.clear();
    });
    const keepPaper = h("label", { class: "check", hidden: true }, paper, h("span", null, w("paper")));
    const current = () => (file ? (paper.checked ? inkOf(file) : file) : pad.picture());
    let tried = 0;
    const changed = async () => {
      const turn = (tried += 1);
      told.textContent = !file && pad.count ? w("padStrokes", { n: pad.count }) : "";
      undo.disabled = Boolean(file) || pad.count === 0;
      clear.disabled = !file && pad.count === 0;
      colour.parentNode.hidden = pad.element.hidden = Boolean(file);
      keepPaper.hidden = shown.hidden = !file;
      const made = file && (await drawn(current()));
      if (made && turn === tried) shown.replaceChildren(h("img", { src: URL.createObjectURL(made), alt: "" }));
    };
    pad = new Pad(w("pad"), changed);
    const use = button("primary", w("use"), async () => {
      const canvas = current();
      if (!canvas) {
        told.textContent = w("nothingWritten");
        return;
      }
      const ratio = canvas.height / canvas.width;
      const wide = Math.max(Number(width.value) || WIDTH, 1);
      const fit = width.dataset.typed ? wide : Math.min(wide, HEIGHT / ratio);
      answer({ picture: await drawn(canvas), width: round(fit), height: round(fit * ratio) });
    });
    width.addEventListener("input", () => { width.dataset.typed = "true"; });
    colour.addEventListener("change", () => { pad.colour = COLOURS[colour.value]; });
    paper.addEventListener("change", changed);
    const from = button("small secondary", w("fromPicture"), () => input.click());
    input.addEventListener("change", async () => {
      const [chosen] = input.files;
      input.value = "";
      if (!chosen) return;
      try {
        file = await pictureOf(chosen);
        await changed();
      } catch {
        told.textContent = w("badPicture");
      }
    });
    const content = [
      h("p", { class: "hint" }, w("padHint")), pad.element, shown,
      h("div", { class: "tools" }, undo, clear, from, input), told,
      h("div", { class: "fields" }, labelled(w("colour"), colour), labelled(w("width"), width)), keepPaper,
    ];
    changed();
    return { content, acts: [use], first: from };
  });
  return answered.finally(() => pad.close());
}

/** As a file. Without the paper it is PNG, which has transparency. @param {OffscreenCanvas} canvas */
const drawn = (canvas) => canvas.convertToBlob({ type: "image/png" });
