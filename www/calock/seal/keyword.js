/**
 * 关键字盖章: a seal's places by a word of the document, asked for in a dialog.
 * @module
 */
import { button, h } from "../element/dom.js";
import { describe } from "../errors.js";
import { asked, labelled } from "./dialog.js";
import { round } from "./model.js";

const WHICH = ["all", "last", "nth"];

/**
 * @param {{root: ShadowRoot, speech: import("./speech.js").Speech}} place
 * @param {{seal: object, document: import("./document.js").SealDocument, runs: () => Promise<object[]|undefined>}} of `runs`: the texts of
 *   the pages, where the module does not know them
 * @returns {Promise<object[]|null>} placements
 */
export function askKeyword(place, { seal, document, runs }) {
  const { w, words } = place.speech;
  const ending = new AbortController();
  const answered = asked(place, "keywordTitle", (answer) => {
    const number = (value, props) => h("input", { type: "number", value, inputmode: "decimal", ...props });
    const word = h("input", { type: "text", autocomplete: "off", required: true, "aria-describedby": "keyword-found" });
    const nth = number(1, { min: 1, step: 1, disabled: true, "aria-label": w("nth") });
    const [right, down] = [number(0, { step: 0.1 }), number(0, { step: 0.1 })];
    const radios = WHICH.map((one) => h("input", { type: "radio", name: "which", value: one, checked: one === "all" }));
    const found = h("div", { id: "keyword-found", class: "found", role: "status" });
    const outside = h("p", { class: "problem-line" });
    const add = button("primary", w("addPlaces", { n: 0 }), () => answer(fitting));
    let [hits, fitting] = [undefined, []];

    const show = () => {
      const which = radios.find(({ checked }) => checked).value;
      nth.disabled = which !== "nth";
      const chosen = hits ? chosenOf(hits, which, Number(nth.value)) : [];
      const all = chosen.map((hit) => ({ hit, placement: placementOn(hit, seal.info, { right: Number(right.value), down: Number(down.value) }) }));
      const fits = ({ placement }) => within(placement, seal.info, document.pages[placement.pages - 1]);
      fitting = all.filter(fits).map(({ placement }) => placement);
      const left = all.filter((one) => !fits(one)).map(({ hit }) => w("notFitOne", { page: hit.page, x: hit.x.toFixed(1), y: hit.y.toFixed(1) }));
      outside.textContent = left.length ? w("notFit", { places: left.join(w("comma")) }) : "";
      add.textContent = w("addPlaces", { n: fitting.length });
      add.hidden = add.disabled = fitting.length === 0;
      const tell = hits && (hits.length === 0 ? w("noWord", { word: word.value.trim() }) : w("found", { n: hits.length, pages: pagesOf(hits, w) }));
      if (tell) found.textContent = chosen.length || !hits.length ? tell : `${tell} ${w("tooFew", { n: hits.length })}`;
    };
    const search = async (event) => {
      event.preventDefault();
      const wanted = word.value.trim();
      hits = undefined;
      show();
      if (!wanted) {
        found.textContent = w("typeWord");
        return word.focus();
      }
      found.textContent = w("searching");
      try {
        hits = await document.find(wanted, { runs: document.kind === "pdf" ? await runs() : undefined, signal: ending.signal });
      } catch (error) {
        if (error.code !== "KEYWORD_NOT_FOUND") {
          found.textContent = describe(error, words.lang).what;
          return;
        }
        hits = [];
      }
      if (ending.signal.aborted) return;
      show();
      if (fitting.length) add.focus();
    };
    word.addEventListener("input", () => {
      hits = undefined;
      found.textContent = "";
      show();
    });
    for (const input of [...radios, nth, right, down]) input.addEventListener("input", show);
    show();
    const form = h(
      "form", null,
      h("p", { class: "hint" }, seal.info.name),
      h("div", { class: "beside" }, labelled(w("word"), word), h("button", { class: "secondary", part: "button secondary" }, w("search"))),
      h("fieldset", null, h("legend", null, w("which")), radios.map((radio) => h("label", { class: "radio" }, radio, h("span", null, w(`which_${radio.value}`)))), nth),
      h("details", { class: "more" }, h("summary", null, w("offset")), h("p", { class: "hint" }, w("middle")), h("div", { class: "fields" }, labelled(w("right"), right), labelled(w("down"), down))),
    );
    form.addEventListener("submit", search);
    return { content: [form, found, outside], acts: [add], first: word };
  });
  return answered.finally(() => ending.abort());
}

/** Which of the hits. @param {object[]} hits @param {"all"|"last"|"nth"} which */
export function chosenOf(hits, which, nth) {
  if (which === "all") return hits;
  return which === "last" ? hits.slice(-1) : hits.slice(nth - 1, nth);
}

/** The seal's middle on the word's middle, moved; to the micrometre. */
export function placementOn(hit, seal, { right, down }) {
  return {
    pages: String(hit.page),
    x: round(hit.x + hit.width / 2 + right - seal.width / 2),
    y: round(hit.y + hit.height / 2 + down - seal.height / 2),
  };
}

function within({ x, y }, seal, page) {
  return page && x >= 0 && y >= 0 && round(x + seal.width) <= round(page.width) && round(y + seal.height) <= round(page.height);
}

function pagesOf(hits, w) {
  const count = new Map();
  for (const { page } of hits) count.set(page, (count.get(page) ?? 0) + 1);
  return [...count].map(([page, n]) => w("onPage", { page, n })).join(w("comma"));
}

/**
 * Which seal.
 * @param {{root: ShadowRoot, speech: import("./speech.js").Speech}} place
 * @param {object[]} seals
 * @returns {Promise<object|null>}
 */
export function chooseSeal(place, seals) {
  return asked(place, "chooseSeal", (answer) => {
    const choices = seals.map((seal) => button("secondary choice", `${seal.info.name} · ${place.speech.w("size", seal.info)}`, () => answer(seal)));
    return { content: [h("div", { class: "choices" }, choices)], first: choices[0] };
  });
}
