/**
 * The demonstration's desk with virtual locks. Stays away unless the portal offers some: outside of a demonstration
 * /demo/locks.json is not there.
 */
const LIST = "/demo/locks.json";
const place = document.querySelector("#demo");

const response = await fetch(LIST).catch(() => undefined);
if (response?.ok) {
  await import("/calock/virtual/panel.js");
  const desk = document.createElement("calock-virtual-lock");
  desk.setAttribute("src", LIST);
  place.append(desk);
  place.hidden = false;
  // A modal dialog that asks for another lock would leave the desk out of reach, as no real desk is.
  const home = document.createComment("desk");
  document.addEventListener("toggle", ({ target, newState }) => {
    if (!target.matches?.("dialog.sign")) return;
    if (newState === "open") {
      place.before(home);
      target.append(place);
    } else if (home.isConnected) {
      home.replaceWith(place);
    }
  }, true);
}
