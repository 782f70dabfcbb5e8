// The workers behind documents: one that was stopped loses nothing that a page holds, and a document is opened once for all who look.

import assert from "node:assert/strict";
import { test } from "node:test";

import { office } from "./support/bidder.mjs";
import { ofd } from "./support/ofd.mjs";

const { open } = office();
const bytes = ofd([[210, 297], [210, 297], [210, 297]], "投标人").toString("base64");

test("after a call that was stopped in the worker, the same document goes on", async () => {
  const bidder = await open();
  const outcome = await bidder.page.evaluate(async (text) => {
    const { openDocument } = await import("/calock/api-seal.js");
    const document = await openDocument(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "a.ofd"));
    const before = await document.digest("SM2-SM3");
    const control = new AbortController();
    const stopped = document.digest("SM2-SM3", { signal: control.signal }).then(() => "done", ({ code }) => code);
    // Far enough that the worker was asked, and not so far that it can have answered.
    for (let turn = 0; turn < 20; turn += 1) await undefined;
    control.abort();
    return [await stopped, (await document.digest("SM2-SM3")) === before];
  }, bytes);
  assert.deepEqual(outcome, ["ABORTED", true]);
  await bidder.close();
});

test("several pages that are looked at together open the document once", async () => {
  const bidder = await open();
  const opened = await bidder.page.evaluate(async (text) => {
    const { openDocument } = await import("/calock/api-seal.js");
    const document = await openDocument(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "a.ofd"));
    const post = Worker.prototype.postMessage;
    let opened = 0;
    Worker.prototype.postMessage = function (message, ...more) {
      opened += message.act === "open";
      return post.call(this, message, ...more);
    };
    const pages = await Promise.all([1, 2, 3].map((page) => document.content(page)));
    document.close();
    return [opened, pages.every((objects) => objects.length > 0)];
  }, bytes);
  assert.deepEqual(opened, [1, true]);
  await bidder.close();
});
