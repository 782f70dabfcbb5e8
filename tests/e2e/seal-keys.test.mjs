// Keys that are not SM2, in the page: a PDF sealed with RSA and P-256 locks, and what others signed with such keys, verified by WebCrypto.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { before, test } from "node:test";

import { press } from "./support/accessible.mjs";
import { COMPANY, office, w } from "./support/bidder.mjs";
import { ofd, pdf } from "./support/ofd.mjs";
import { ROOT } from "./support/portal.mjs";

const { file, calock, verified, open } = office();
before(() => {
  writeFileSync(file("bid.ofd"), ofd([[210, 297], [210, 297], [420, 297]], "投标文件"));
  writeFileSync(file("bid.pdf"), pdf([[595.28, 841.89], [841.89, 595.28]]));
});

test("locks with RSA and P-256 seal a PDF, a card without files too; other programs take it, and an OFD document needs SM2", async () => {
  const said = (program, ...words) => {
    const { error, stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
    return error ? undefined : stdout + stderr;
  };
  for (const [name, profile, algorithm] of [["rsa", "gm3000", "rsa"], ["piv", "piv", "p256"]]) {
    calock("lock", "new", "--name", COMPANY, "--profile", profile, "--algorithm", algorithm, "-o", `${name}.json`);
    calock("seal", "make", "--name", COMPANY, "--lock", `${name}.json`, "-o", `${name}.esl`);
    const bidder = await open(`${name}.json`);
    const { page } = bidder;
    const fromLock = profile !== "piv";
    await bidder.document();
    await bidder.connect(fromLock ? 1 : 0);
    if (!fromLock) await bidder.choose(`${name}.esl`, 1);
    await press(page, "button", w("add"));
    await press(page, "button", w("sign"));
    await bidder.refused("KEY_UNSUPPORTED");
    await bidder.document("bid.pdf", 2);
    await press(page, "button", w("add"));
    await bidder.pin();
    await bidder.sealed(`${name}.pdf`);
    await bidder.window.screenshot(`seal-${name}`);
    const { status, signatures } = verified(`${name}.pdf`);
    assert.deepEqual([status, signatures[0].checks.integrity, signatures[0].kind], [0, "ok", "seal"]);
    const pdfsig = said("pdfsig", "-nocert", file(`${name}.pdf`));
    if (pdfsig !== undefined) assert.match(pdfsig, /Signature is Valid[.]/);
    const hanko = said("python3", `${ROOT}/tests/pdf_check/hanko.py`, file(`${name}.pdf`));
    if (hanko && !hanko.includes("No module")) assert.match(hanko, /"good": true/);
    await bidder.close();
  }
});

test("what others signed with RSA and P-256 is verified in the page, by WebCrypto", async () => {
  const bidder = await open();
  const verify = async (bytes) => bidder.page.evaluate(async (text) => {
    const { openDocument } = await import("/calock/api-seal.js");
    const document = await openDocument(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "other.pdf"));
    const { signatures } = await document.verify();
    document.close();
    return signatures.map(({ checks, codes }) => [checks.integrity, checks.signature, checks.time_stamp, codes.signature]);
  }, bytes.toString("base64"));
  const good = ["ok", "ok", "not checked", undefined];
  // Without attributes; by a hash that a page does not load; a time stamp of the whole document.
  const unknown = ["not checked", "not checked", "not checked", undefined];
  const expected = {
    "ber-key-id": [good], stamped: [good], "stamped-whole": [good, unknown],
    "no-attributes": [unknown], "rsa-sha512": [unknown], "pss-sha384": [unknown], "pss-sha512": [unknown], "p256-sha384": [unknown], "rsa-sha1": [unknown],
  };
  for (const [name, outcome] of Object.entries(expected)) {
    const bytes = readFileSync(`${ROOT}/tests/vectors/pdf/${name}.pdf`);
    assert.deepEqual(JSON.stringify(await verify(bytes)), JSON.stringify(outcome), name);
    bytes[30] ^= 1;
    assert.ok((await verify(bytes)).every(([integrity]) => integrity !== "ok"), `${name}: a changed bit`);
  }
  // A bit of the signature itself: its last octets before the filling.
  const bytes = readFileSync(`${ROOT}/tests/vectors/pdf/ber-key-id.pdf`);
  const start = bytes.indexOf("/Contents <") + 11;
  const digits = bytes.subarray(start, bytes.indexOf(">", start)).toString().replace(/0+$/, "");
  bytes[start + digits.length - 6] ^= 1;
  assert.deepEqual((await verify(bytes))[0].slice(0, 2), ["failed", "failed"]);
  await bidder.close();
});
