/**
 * calock without the element, for those who write their own page; both languages are in it.
 * A page takes this entry or calock.js, not both: each has a list of locks of its own.
 * @module
 */
import { teach } from "./catalogue.js";
import en from "./messages.en.js";
import moreEn from "./messages.more.en.js";
import moreZh from "./messages.more.zh.js";

export * from "./functions.js";

teach("en", en);
teach("en", moreEn);
teach("zh", moreZh);
