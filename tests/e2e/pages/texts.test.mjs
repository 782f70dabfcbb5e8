// Every text of the pages: in both languages, used, and the same in the file of HTML as in the file of texts.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const PAGES = new URL("../../../www/pages/", import.meta.url);
const read = (path) => readFileSync(new URL(path, PAGES), "utf8");
const files = readdirSync(PAGES, { recursive: true, encoding: "utf8" }).filter((path) => !/^lock[./]/.test(path));
const tables = files.filter((path) => path.endsWith("texts.js"));
const SHARED = ["site/texts.js", "site/sign/texts.js"];

const texts = Object.fromEntries(await Promise.all(tables.map(async (path) => [path, (await import(new URL(path, PAGES))).default])));

test("a text has Chinese and English, with the same places to fill in", () => {
  for (const [path, table] of Object.entries(texts)) {
    for (const [key, pair] of Object.entries(table)) {
      assert.equal(pair.length, 2, `${path} ${key}`);
      const [zh, en] = pair.map((text) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort());
      assert.match(pair[0], /\p{Script=Han}|^\{/u, `${path} ${key} is Chinese`);
      assert.deepEqual(zh, en, `${path} ${key}`);
    }
  }
});

test("what stands in a page's HTML is what its texts say", () => {
  const pages = files.filter((path) => path.endsWith(".html") && read(path).includes("/site.css") && read(path).includes('id="top"'));
  assert.ok(pages.length >= 8, pages.join());
  for (const path of pages) {
    const html = read(path);
    const own = texts[path === "index.html" ? "login/texts.js" : path.replace(".html", "/texts.js")] ?? {};
    const known = { ...own, ...texts["site/texts.js"] };
    for (const [, key, text] of html.matchAll(/data-word="(\w+)"[^>]*>([^<]*)</g)) assert.equal(text, known[key]?.[0], `${path}: ${key}`);
    for (const [, label, key] of html.matchAll(/aria-label="([^"]*)" data-word-label="(\w+)"/g)) assert.equal(label, known[key]?.[0], `${path}: ${key}`);
  }
});

test("no text stands in two files of one page, and none is left over", () => {
  const scripts = files.filter((path) => /\.(js|html)$/.test(path) && !path.endsWith("texts.js")).map(read).join("\n");
  const wrong = [];
  for (const [path, table] of Object.entries(texts)) {
    for (const key of Object.keys(table)) {
      for (const other of SHARED) if (other !== path && key in texts[other]) wrong.push(`${key} stands in ${path} and ${other}`);
      // `kind_…` and the like are put together from a state's name.
      const stem = key.includes("_") ? `${key.split("_")[0]}_` : `${key}["'\`]`;
      if (!new RegExp(`["'\`]${stem}`).test(scripts)) wrong.push(`${path}: nothing says ${key}`);
    }
  }
  assert.deepEqual(wrong, []);
});
