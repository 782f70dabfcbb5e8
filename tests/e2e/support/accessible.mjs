// What a person with a screen reader finds on a page, and pressing it.
//
// <calock-login> has a closed shadow root, which selectors cannot enter. The accessibility tree shows what is in it as
// it shows it to a screen reader: so these helpers need no test hooks in the page, and they fail when something has no
// role or name. Source: Chrome DevTools protocol, domains Accessibility and DOM.

import { until } from "./wait.mjs";

/** @typedef {{role: string, name: string, value: string, disabled: boolean, focused: boolean, checked: boolean,
 *   expanded: boolean | undefined, invalid: boolean, description: string, id: number, parents: string[]}} Found */

const sessions = new WeakMap();

/** The page's DevTools session; one a page, because opening it enables domains. */
async function devtools(page) {
  if (!sessions.has(page)) {
    const session = await page.context().newCDPSession(page);
    await session.send("DOM.enable");
    await session.send("Accessibility.enable");
    sessions.set(page, session);
  }
  return sessions.get(page);
}

/**
 * Everything that is not ignored, in the order in which it is read.
 * @returns {Promise<Found[]>}
 */
export async function tree(page) {
  const session = await devtools(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const found = [];
  const walk = (node, parents) => {
    const role = node.role?.value ?? "";
    if (!node.ignored) found.push(described(node, role, parents));
    const below = node.ignored ? parents : [...parents, role];
    for (const child of node.childIds ?? []) if (byId.has(child)) walk(byId.get(child), below);
  };
  for (const node of nodes) if (!node.parentId || !byId.has(node.parentId)) walk(node, []);
  return found;
}

function described(node, role, parents) {
  const property = (name) => node.properties?.find((entry) => entry.name === name)?.value?.value;
  return {
    role,
    name: node.name?.value ?? "",
    value: node.value?.value === undefined ? "" : String(node.value.value),
    description: node.description?.value ?? "",
    disabled: property("disabled") === true,
    focused: property("focused") === true,
    checked: property("checked") === "true" || property("checked") === true,
    expanded: property("expanded"),
    invalid: property("invalid") !== undefined && property("invalid") !== "false",
    id: node.backendDOMNodeId,
    parents,
  };
}

/** All that have this role and this name; a text must be the whole name, an expression may match a part. */
export async function all(page, role, name) {
  const fits = (text) => name === undefined || (name instanceof RegExp ? name.test(text) : text.trim() === name);
  return (await tree(page)).filter((node) => node.role === role && fits(node.name));
}

/** The first one of `all`, waited for. */
export async function find(page, role, name, seconds) {
  return until(
    async () => (await all(page, role, name))[0],
    `${role} ${name ?? ""} on ${page.url()}`,
    seconds,
  ).catch(async (error) => {
    throw new Error(`${error.message}; there is: ${await outline(page)}`);
  });
}

/** Waits until it is there and enabled, then clicks in its middle with the mouse: a real gesture. */
export async function press(page, role, name, seconds) {
  const node = await until(
    async () => (await all(page, role, name)).find((candidate) => !candidate.disabled),
    `an enabled ${role} ${name ?? ""} on ${page.url()}`,
    seconds,
  ).catch(async (error) => {
    throw new Error(`${error.message}; there is: ${await outline(page)}`);
  });
  // Where it stands still: what has just been shown may push it down while we aim.
  let aim = await middle(page, node.id);
  await until(async () => {
    const last = aim;
    aim = await middle(page, node.id);
    return aim.x === last.x && aim.y === last.y;
  }, `${role} ${name ?? ""} to stand still`);
  await page.mouse.click(aim.x, aim.y);
  return node;
}

/** Clicks into a field, empties it and types the text on the keyboard. */
export async function fill(page, role, name, text) {
  await press(page, role, name);
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type(text);
}

/** The pieces of text on the page, as read. */
export async function texts(page) {
  return (await tree(page)).filter((node) => node.role === "StaticText").map((node) => node.name);
}

/** All the text of the page as one, for looking up a sentence that is made of several pieces. */
export async function text(page) {
  return (await texts(page)).join("").replace(/\s+/g, " ");
}

/** Waits until the page says this. */
export async function says(page, sentence, seconds) {
  const fits = (whole) => (sentence instanceof RegExp ? sentence.test(whole) : whole.includes(sentence));
  let last = "";
  await until(async () => fits((last = await text(page))), () => `“${sentence}” on the page; it says: ${last}`, seconds);
  return last;
}

/** What has the keyboard focus. */
export async function focused(page) {
  const nodes = (await tree(page)).filter((node) => node.focused && node.role !== "RootWebArea");
  return nodes.at(-1);
}

/** What a screen reader speaks by itself: the texts within alerts and status regions. */
export async function announced(page) {
  const live = (node) => node.parents.some((role) => role === "alert" || role === "status");
  return (await tree(page)).filter((node) => node.role === "StaticText" && live(node)).map((node) => node.name);
}

/** Roles and names, for error messages. */
export async function outline(page) {
  const silent = new Set(["InlineTextBox", "generic", "none", "RootWebArea", "paragraph", "LineBreak"]);
  const nodes = (await tree(page)).filter((node) => !silent.has(node.role));
  return nodes.map((node) => `${node.role} “${node.name}”${node.disabled ? " (disabled)" : ""}`).join(", ");
}

/** The middle of an element, in the viewport. */
async function middle(page, backendNodeId) {
  const session = await devtools(page);
  await session.send("DOM.scrollIntoViewIfNeeded", { backendNodeId });
  const { model } = await session.send("DOM.getBoxModel", { backendNodeId });
  const [x1, y1, , , x2, y2] = model.border;
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}
