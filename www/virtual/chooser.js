/**
 * The in-page stand-in for the browser's device chooser. Its shadow root is open: it guards nothing and tests drive it.
 * @module
 */
import look from "./chooser.css.js";
import { element, languageAt, shadow, wordsIn } from "./dom.js";

/**
 * @param {() => object[]} list the fitting virtual locks, now
 * @param {boolean} real whether the browser has a chooser of its own
 * @param {EventTarget} changes says "calock-change" when the list may have changed
 * @returns {Promise<object|"real"|null>}
 */
export function chooseDevice(list, real, changes) {
  const words = wordsIn(languageAt(document.body));
  const host = element("calock-virtual-chooser");
  const root = shadow(host, look);
  const fieldset = element("fieldset", { "aria-labelledby": "title" });
  const dialog = element("dialog", { "aria-labelledby": "title" });
  const connect = element("button", { value: "connect", type: "submit", disabled: true }, words("chooser.connect"));
  // Only this one submits: Enter in the list must not press another button.
  const closing = (value, label) => element("button", { type: "button", class: value, onclick: () => dialog.close(value) }, label);
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", { id: "title" }, element("span", { class: "tag" }, words("tag")), words("chooser.title", location.host)),
    element("p", {}, words("chooser.lead")),
    fieldset,
    element("div", { class: "actions" }, real && closing("real", words("chooser.real")), closing("cancel", words("chooser.cancel")), connect),
  );
  dialog.append(form);
  root.append(dialog);
  document.body.append(host);

  let devices = [];
  const picked = () => devices[Number(form.querySelector("input:checked")?.value ?? -1)];
  const refresh = () => {
    const before = picked();
    devices = list();
    fieldset.replaceChildren(...devices.map((device, index) => entry(device, index, device === before)));
    if (devices.length === 0) fieldset.append(element("p", { class: "none" }, words("chooser.none")));
    connect.disabled = !picked();
  };
  refresh();
  form.addEventListener("change", () => { connect.disabled = !picked(); });
  changes.addEventListener("calock-change", refresh);
  dialog.showModal();
  fieldset.querySelector("input")?.focus();

  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      changes.removeEventListener("calock-change", refresh);
      host.remove();
      const choice = dialog.returnValue;
      resolve(choice === "real" ? "real" : choice === "connect" ? picked() ?? null : null);
    });
  });
}

function entry(device, index, checked) {
  const input = element("input", { type: "radio", name: "device", value: index });
  input.checked = checked;
  return element("label", {}, input, element("span", {}, device.label, element("small", {}, `${device.productName} · ${device.serial}`)));
}
