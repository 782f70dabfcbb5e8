/**
 * The demonstration's desk with virtual locks. Stays away unless the portal offers some: outside of a demonstration
 * /demo/locks.json is not there.
 */
const STORE = "calock-demo-plugged";
const desk = document.querySelector("#demo");
const plugged = new Map();

const response = await fetch("/demo/locks.json").catch(() => undefined);
if (response?.ok) await open(await response.json());

async function open(list) {
  const virtual = await import("/calock/virtual/virtual.js");
  virtual.install();
  const status = make("p", "demo-status");
  status.setAttribute("role", "status");
  const rows = make("ul", "demo-locks");
  for (const { name, title } of list) rows.append(row(virtual, name, title?.zh ?? name, status));
  const heading = make("h2", "", "虚拟 CA 锁");
  heading.id = "demo-title";
  heading.prepend(make("span", "tag", "演示"));
  desk.append(heading, make("p", "demo-lead", "手边没有锁时，可以插上一把虚拟的锁试用。它和真锁说同样的话，由同样的代码读取。"), rows, status);
  desk.hidden = false;
}

function row(virtual, name, title, status) {
  const item = make("li");
  const text = make("span", "demo-name", title);
  const hint = make("small", "", "");
  text.append(hint);
  const button = make("button", "", "插入");
  button.type = "button";
  button.setAttribute("aria-label", `插入：${title}`);
  let device;
  const set = (inserted, say) => {
    item.classList.toggle("in", inserted);
    button.textContent = inserted ? "拔出" : "插入";
    button.setAttribute("aria-label", `${button.textContent}：${title}`);
    if (say) status.textContent = say;
    remember(name, inserted);
  };
  const insert = async () => {
    button.disabled = true;
    try {
      if (device) device = await virtual.plug(device, { latency: 12 });
      else {
        const file = await (await fetch(`/demo/locks/${encodeURIComponent(name)}.json`)).json();
        device = await virtual.plug(file, { latency: 12 });
        hint.textContent = file.pin ? `密码 ${file.pin}` : "";
      }
      plugged.set(name, device);
      device.addEventListener("calock-unplug", pulledOut, { once: true });
      set(true, `已插入：${title}`);
    } catch (error) {
      console.error(error);
      status.textContent = `没有插上：${title}`;
    }
    button.disabled = false;
  };
  // Also when it was a fault that pulled it out, and not this button.
  const pulledOut = () => {
    plugged.delete(name);
    set(false, `已拔出：${title}`);
  };
  button.addEventListener("click", () => (plugged.has(name) ? virtual.unplug(plugged.get(name)) : insert()));
  item.append(text, button);
  if (remembered().includes(name)) insert();
  return item;
}

/** A lock stays plugged in when the page is loaded again, as on a desk. */
function remember(name, inserted) {
  const others = remembered().filter((other) => other !== name);
  sessionStorage.setItem(STORE, JSON.stringify(inserted ? [...others, name] : others));
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(text);
  return element;
}
