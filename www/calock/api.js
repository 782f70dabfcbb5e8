/**
 * calock without the element, for those who write their own page; both languages are in it.
 * A page takes this entry or calock.js, not both: each has a list of locks of its own.
 * @module
 */
import { teach } from "./catalogue.js";
import en from "./messages.en.js";

export * from "./functions.js";

teach("en", en);
