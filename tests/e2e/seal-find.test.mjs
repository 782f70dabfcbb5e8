// Words found in documents in the page (关键字定位): in an OFD by its own texts, in a PDF by those that a viewer read; and the file that
// is sealed there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { office } from "./support/bidder.mjs";
import { ofd, pdf } from "./support/ofd.mjs";

const { open } = office();

/** What `find` says of a document, and the seal's place with its middle on the first one. */
const found = (page, bytes, name, word, runs) =>
  page.evaluate(
    async ({ base64, name, word, runs }) => {
      const { openDocument } = await import("/calock/api-seal.js");
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const document = await openDocument(new File([bytes], name));
      const hits = await document.find(word, { runs });
      const picture = await document.picture("Doc_0/none.png").then(() => "there", ({ code }) => code);
      document.close();
      return { hits, picture };
    },
    { base64: bytes.toString("base64"), name, word, runs },
  );

test("a word is found where it stands, and nothing is an empty list", async () => {
  const bidder = await open();
  const bytes = ofd([[210, 297], [210, 297]], "投标人 (盖章)");
  // Letters 8 mm high from 20 across; base line at 28, blanks and half-width forms are half as wide.
  const box = { x: 20, y: 21.12, width: 52, height: 8 };
  assert.deepEqual((await found(bidder.page, bytes, "a.ofd", "投标人（盖章）")).hits, [{ page: 1, ...box }, { page: 2, ...box }]);
  assert.deepEqual(await found(bidder.page, bytes, "a.ofd", "不在其中"), { hits: [], picture: "DOCUMENT_INCOMPLETE" });

  const run = (page, text, x) => ({ page, text, x, y: 100, width: 5 * text.length, height: 5, along: "right" });
  // A viewer gives pieces; radicals that programs write for letters are the letters.
  const runs = [run(2, "投标", 40), run(2, "⼈（盖章）", 51.5), run(3, "投标人", 40)];
  const { hits } = await found(bidder.page, pdf([[595, 842]]), "a.pdf", "投标人(盖章)", runs);
  assert.deepEqual(hits, [{ page: 2, x: 40, y: 100, width: 36.5, height: 5 }]);
  assert.deepEqual((await found(bidder.page, pdf([[595, 842]]), "a.pdf", "投标人", [])).hits, []);
  await bidder.close();
});
