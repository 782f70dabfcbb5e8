/** The page that says why no lock can be used. Checks when it opens, again when a device comes or goes, and on request. */
import { diagnose } from "/calock/api.js";

const into = document.querySelector("#result");
const watched = new Set();
let running;

async function check() {
  watch();
  running?.abort();
  const own = (running = new AbortController());
  try {
    await diagnose({ into, signal: own.signal });
    watch();
  } catch (error) {
    // Another check has taken its place.
    if (error.code !== "ABORTED") throw error;
  }
}

/** The browser's own window; what is picked there this site may look at. */
async function pointTo(bus) {
  try {
    await bus.requestDevice({ filters: [] });
  } catch (error) {
    // The WebUSB window was closed without a choice.
    if (error.name !== "NotFoundError") throw error;
  }
  await check();
}

/** A demonstration puts a `navigator.hid` of its own in the place of the browser's, at any time. */
function watch() {
  for (const id of ["hid", "usb"]) {
    const bus = navigator[id];
    document.getElementById(id).hidden = !bus;
    if (!bus || watched.has(bus)) continue;
    watched.add(bus);
    for (const type of ["connect", "disconnect"]) bus.addEventListener(type, check);
  }
}

for (const id of ["hid", "usb"]) document.getElementById(id).addEventListener("click", () => pointTo(navigator[id]));
document.querySelector("#again").addEventListener("click", check);
check();
