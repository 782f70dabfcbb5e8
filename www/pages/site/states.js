/** States as badges: the words are the portal's, the colour says whether there is something to do. */
import { badge } from "/site/dom.js";
import { say } from "/site/words.js";

const KINDS = {
  valid: "good", approved: "good", normal: "good", done: "good",
  waiting: "info", travelling: "info", new: "info", changed: "info",
  draft: "warn", changing: "warn", inactive: "warn", expired: "bad", stopped: "bad", rejected: "bad", void: "bad", deleted: "bad",
};

/** @param {string} state @param {{zh: string, en: string}} words */
export const stateOf = (state, words) => badge(KINDS[state] ?? "plain", say(words));

/** Of an account, a request, a record or a person: whatever has `state` and `stateWords`. */
export const stateBadge = ({ state, stateWords }) => stateOf(state, stateWords);
