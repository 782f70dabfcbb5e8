/**
 * The Chinese sentences that no login over WebHID needs. A late script imports this for what it does; the English ones are all
 * in one file.
 * @module
 */
import { sentences } from "./catalogue.js";
import late from "./messages.late.js";

const chinese = sentences("zh");
for (const [group, words] of Object.entries(late)) chinese[group] = { ...chinese[group], ...words };
