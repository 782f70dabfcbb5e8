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

follow(document.querySelector("#place"), (place) => {
  const element = document.createElement("calock-seal");
  element.lang = language();
  if (session) {
    element.setAttribute("post-url", "/api/seals");
    element.csrf = session.csrf;
    element.account = session.account?.account;
    element.refusal = session.capabilities?.refused?.seal ?? undefined;
  }
  element.addEventListener("calock-posted", ({ detail }) => sent?.add(detail.answer));
  place.replaceChildren(element);
});
