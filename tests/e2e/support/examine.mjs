// axe-core's rules on a page, shadow roots included.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** axe looks from the page, so it needs the shadow roots open: call it before the page is opened. */
export function openShadowRoots(page) {
  return page.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function attachShadow(init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
}

/** Fails on everything that axe finds. */
export async function examine(page, where) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(told, [], `axe, ${where}`);
}

/** Everything that the page holds as text or as a value, also in shadow roots that are open. */
export function everything(page) {
  return page.evaluate(() => {
    const found = [];
    const walk = (root) => {
      found.push(root.textContent ?? "");
      for (const element of root.querySelectorAll("*")) {
        found.push(...[...element.attributes].map(({ value }) => value));
        if ("value" in element) found.push(String(element.value));
        if (element.shadowRoot) walk(element.shadowRoot);
      }
    };
    walk(document);
    return found.join("\n");
  });
}
