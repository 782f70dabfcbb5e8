/** The demonstration's CA: gives out an authorisation code at once. Stays away where there is no demonstration. */
import { find, w } from "/lock/words.js";

/** Shows the counter when the portal is a demonstration. */
export async function ask() {
  const demo = await fetch("/demo/locks.json").catch(() => undefined);
  if (!demo?.ok) return;
  find("counter").hidden = false;
  find("authorise").addEventListener("click", async () => {
    const response = await fetch("/api/ca/authorisations", { method: "POST" }).catch(() => undefined);
    if (!response?.ok) {
      find("message").textContent = w("noMessage");
      return;
    }
    const { code, pin, holder } = await response.json();
    find("message").textContent = w("message", holder).replace("{code}", () => code).replace("{pin}", () => pin);
    find("message").dataset.code = code;
  });
}
