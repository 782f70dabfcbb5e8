/**
 * The in-page stand-in for the browser's device chooser. Its shadow root is open: it guards nothing and tests drive it.
 * @module
 */

const TEXT = `
dialog { width: min(420px, calc(100vw - 32px)); padding: 0; border: 1px solid #8a949e; border-radius: 10px; color: #1b2733; background: #fff; font: 15px/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif; box-shadow: 0 12px 40px #0004; }
dialog::backdrop { background: #10202e66; }
form { padding: 20px; }
h2 { margin: 0; font-size: 17px; line-height: 1.45; }
p { margin: 4px 0 12px; color: #51606e; font-size: 14px; }
.tag { display: inline-block; margin-inline-end: 8px; padding: 0 6px; border: 1px solid #7d4a00; border-radius: 4px; color: #7d4a00; font-size: 13px; font-weight: 400; }
fieldset { margin: 0; padding: 0; border: 1px solid #cfd7df; border-radius: 6px; min-height: 120px; max-height: 240px; overflow: auto; }
label { display: flex; gap: 10px; padding: 10px 14px; cursor: pointer; align-items: center; }
label + label { border-top: 1px solid #e3e8ec; }
label:has(:checked) { background: #e8f0f7; }
small { display: block; color: #51606e; }
.none { padding: 44px 14px; text-align: center; margin: 0; }
.actions { display: flex; gap: 10px; justify-content: flex-end; margin-top: 16px; flex-wrap: wrap; }
button { font: inherit; min-height: 40px; padding: 0 18px; border-radius: 6px; border: 1px solid #cfd7df; background: #fff; color: inherit; cursor: pointer; }
button[value="connect"] { background: #0f4c81; border-color: #0f4c81; color: #fff; }
button:disabled { background: #e3e8ec; border-color: #e3e8ec; color: #51606e; cursor: default; }
.real { margin-inline-end: auto; }
:focus-visible { outline: 3px solid #0f4c81; outline-offset: 2px; }
`;

/**
 * @param {() => object[]} list the fitting virtual locks, now
 * @param {boolean} real whether the browser has a chooser of its own
 * @param {EventTarget} changes says "calock-change" when the list may have changed
 * @returns {Promise<object|"real"|null>}
 */
export function chooseDevice(list, real, changes) {
  const host = element("calock-virtual-chooser");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(TEXT);
  root.adoptedStyleSheets = [sheet];

  const title = element("h2", { id: "title" });
  title.append(element("span", { class: "tag" }, "演示"), `${location.host} 想要连接CA锁`);
  const fieldset = element("fieldset", { "aria-labelledby": "title" });
  const dialog = element("dialog", { "aria-labelledby": "title" });
  const connect = element("button", { value: "connect", type: "submit", disabled: "" }, "连接");
  const actions = element("div", { class: "actions" });
  // Only "连接" submits: Enter in the list must not press another button.
  const closing = (value, label) => {
    const made = element("button", { type: "button", class: value }, label);
    made.addEventListener("click", () => dialog.close(value));
    return made;
  };
  if (real) actions.append(closing("real", "真实设备…"));
  actions.append(closing("cancel", "取消"), connect);
  const form = element("form", { method: "dialog" });
  form.append(title, element("p", {}, "这是页面里的虚拟选锁窗口。"), fieldset, actions);
  dialog.append(form);
  root.append(dialog);
  document.body.append(host);

  let devices = [];
  const picked = () => devices[Number(form.querySelector("input:checked")?.value ?? -1)];
  const refresh = () => {
    const before = picked();
    devices = list();
    fieldset.replaceChildren(...devices.map((device, index) => entry(device, index, device === before)));
    if (devices.length === 0) fieldset.append(element("p", { class: "none" }, "没有找到兼容的设备。"));
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
  const label = element("label");
  const input = element("input", { type: "radio", name: "device", value: String(index) });
  input.checked = checked;
  const text = element("span", {}, device.label);
  text.append(element("small", {}, `${device.productName} · ${device.serial}`));
  label.append(input, text);
  return label;
}

function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.append(text);
  return made;
}
