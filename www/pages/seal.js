/** The page for sealing: the element, in the person's language, with what the portal allows. It works without the portal's rules too. */
import "/calock/api.js";
import "/calock/api-seal.js";
import { frame } from "/site/frame.js";
import { follow, language, speak } from "/site/words.js";
import { receipts } from "/seal/receipts.js";
import texts from "/seal/texts.js";

speak(texts);
/** Who is logged in, and whether that product may seal; nobody is as good. */
const session = (await frame({ stays: true }))?.session;

const sent = session?.account && receipts(document.querySelector("#sent"));

// Made once: what is open and placed in it stays when the language changes.
const element = document.createElement("calock-seal");
follow(element, (self) => { self.lang = language(); });
if (session) {
  element.setAttribute("post-url", "/api/seals");
  element.csrf = session.csrf;
  element.account = session.account?.account;
  element.refusal = session.capabilities?.refused?.seal ?? undefined;
}
element.addEventListener("calock-posted", ({ detail }) => sent?.add(detail.answer));
document.querySelector("#place").replaceChildren(element);
