/** The page for sealing: the element, in the person's language, with what the portal allows. */
import "/calock/api.js";
import { words } from "/calock/api-seal.js";

const place = document.querySelector("#place");
const language = document.querySelector("#language");
let lang = "zh-CN";

/** Who is logged in, and whether that product may seal; nobody is as good. */
const session = await fetch("/api/session").then((response) => (response.ok ? response.json() : undefined), () => undefined);

function show() {
  const element = document.createElement("calock-seal");
  element.lang = lang;
  if (session) {
    element.setAttribute("post-url", "/api/seals");
    element.csrf = session.csrf;
    if (session.capabilities?.seal === false) element.refusal = "NO_SEAL";
  }
  place.replaceChildren(element);
  for (const text of document.querySelectorAll("[data-word]")) text.textContent = words(lang)[text.dataset.word];
}

language.addEventListener("click", () => {
  const english = lang !== "en";
  lang = english ? "en" : "zh-CN";
  document.querySelector("#seal").lang = lang;
  language.lang = english ? "zh-CN" : "en";
  language.textContent = english ? "中文" : "English";
  show();
});
show();
