// Handwritten signatures and empty signature fields through the page's functions: what comes out is judged by `calock seal verify`, the
// checker in another language, and the programs that draw a PDF.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { office } from "./support/bidder.mjs";
import { ofd } from "./support/ofd.mjs";
import { ROOT } from "./support/portal.mjs";

const { file, verified, open } = office();

/** A PDF of two pages with a field of 60 × 60 mm on the second, from its left and lower edge 20 mm away. */
function form() {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]/SigFlags 3>>>>", "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.27559 841.88976]>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.27559 841.88976]/Annots[5 0 R]>>",
    "<</Type/Annot/Subtype/Widget/FT/Sig/T(\u00fe\u00ff\x7b\x7e\x54\x0d)/P 4 0 R/F 4/Rect[56.69291 56.69291 226.77165 226.77165]>>",
  ];
  let [made, table] = ["%PDF-1.7\n", "xref\n0 6\n0000000000 65535 f \n"];
  objects.forEach((object, index) => {
    table += `${String(made.length).padStart(10, "0")} 00000 n \n`;
    made += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  return Buffer.from(`${made}${table}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${made.length}\n%%EOF\n`, "latin1");
}

/** Seals a document in the page: a seal in its field, or on page 1; a photographed and a drawn signature beside. */
function sealed(page, bytes, field) {
  return page.evaluate(async ({ base64, field: wanted }) => {
    const { locks } = await import("/calock/api.js");
    const { openDocument, seal, sealsIn, signersIn } = await import("/calock/api-seal.js");
    const [known] = await locks.known();
    const tools = await known.tools();
    const file = new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], "bid");
    const [signer] = await signersIn(tools);
    const [own] = await sealsIn(tools);
    const paper = (type, draw) => {
      const canvas = new OffscreenCanvas(300, 100);
      draw(canvas.getContext("2d"));
      return canvas.convertToBlob({ type, quality: 0.95 });
    };
    const photograph = await paper("image/jpeg", (pen) => {
      pen.fillStyle = "white";
      pen.fillRect(0, 0, 300, 100);
      pen.fillStyle = "rgb(0,0,255)";
      pen.fillRect(0, 0, 100, 100);
    });
    const drawn = await paper("image/png", (pen) => pen.fillRect(200, 0, 100, 100));
    const pictures = [
      { blob: photograph, page: 1, x: 30.5, y: 40, width: 60, height: 20 },
      { bytes: new Uint8Array(await drawn.arrayBuffer()), page: 2, x: 100, y: 20, width: 30, height: 10 },
    ];
    const order = { tools, certificate: signer.fingerprint, pin: () => "12345678" };
    const attempt = (document, more) => seal(document, { ...order, ...more }).catch((error) => error.code);
    const document = await openDocument(file);
    const fields = await document.fields();
    const placements = wanted ? [] : [{ pages: "1", x: 50, y: 45 }];
    const places = await document.places(own, wanted ? [{ field: wanted }] : placements);
    const refused = [
      await attempt(document, { stamps: [{ seal: own, field: "none" }] }),
      await attempt(document, { stamps: [{ seal: own, placements: [{ pages: "1", x: 1, y: 1 }] }], pictures: [{ ...pictures[0], x: 151 }] }),
      await attempt(document, { stamps: [{ seal: own, placements: [{ pages: "1", x: 1, y: 1 }] }], pictures: [{ ...pictures[0], blob: new Blob(["none"]) }] }),
    ];
    const made = await seal(document, { ...order, stamps: [{ seal: own, placements, field: wanted }], pictures });
    const again = await openDocument(made);
    const twice = await attempt(again, { stamps: [{ seal: own, placements: [{ pages: "2", x: 20, y: 100 }] }], pictures });
    const left = await again.fields();
    await tools.close();
    const text = async (blob) => btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
    return { fields, places, refused, left, once: await text(made), twice: typeof twice === "string" ? twice : await text(twice) };
  }, { base64: bytes.toString("base64"), field });
}

/** The colour at a place of a page, by another program; 10 pixels are a millimetre. */
function colours(name, page, places) {
  const out = file(`${name}-${page}`);
  execFileSync("pdftoppm", ["-r", "254", "-f", String(page), "-l", String(page), "-singlefile", file(name), out]);
  const picture = readFileSync(`${out}.ppm`);
  const [head, width] = /^P6\s+(\d+)\s+\d+\s+255\s/.exec(picture.subarray(0, 40).toString("latin1"));
  return places.map(([x, y]) => [...picture.subarray(head.length + (y * 10 * width + x * 10) * 3).subarray(0, 3)]);
}

test("a PDF: the seal stands in its field, handwriting beside, and white paper hides nothing", async (t) => {
  const bidder = await open();
  const { fields, places, refused, left, once, twice } = await sealed(bidder.page, form(), "签名");
  assert.deepEqual(fields, [{ name: "签名", page: 2, x: 20, y: 217, width: 60, height: 60 }]);
  assert.deepEqual(places, [{ page: 2, x: 29, y: 226, width: 42, height: 42, clip: null }]);
  assert.deepEqual(refused, ["PLACEMENT_INVALID", "PLACEMENT_INVALID", "PICTURE_UNREADABLE"]);
  assert.deepEqual(left, []);
  assert.equal(await bidder.signatures(), 2, "nothing was signed for what was refused");
  writeFileSync(file("field.pdf"), Buffer.from(once, "base64"));
  writeFileSync(file("twice.pdf"), Buffer.from(twice, "base64"));
  for (const [name, count] of [["field.pdf", 1], ["twice.pdf", 2]]) {
    const { status, signatures } = verified(name);
    assert.deepEqual([status, signatures.length, signatures[0].id], [0, count, "签名"], name);
  }
  await bidder.close();
  try {
    execFileSync("pdftoppm", ["-v"], { stdio: "ignore" });
  } catch {
    return t.skip("no pdftoppm");
  }
  const near = (found, wanted) => found.every((part, index) => Math.abs(part - wanted[index]) < 40);
  const [ink, paper, before] = colours("field.pdf", 1, [[40, 50], [80, 50], [29, 50]]);
  assert.ok(near(ink, [0, 0, 255]) && near(paper, [255, 255, 255]) && near(before, [255, 255, 255]), `${ink} ${paper} ${before}`);
  const [stroke, clear] = colours("field.pdf", 2, [[125, 25], [110, 25]]);
  assert.ok(near(stroke, [0, 0, 0]) && near(clear, [255, 255, 255]), `${stroke} ${clear}`);
});

test("an OFD document: handwriting is an annotation that the seal covers; a further one is refused before the PIN", async () => {
  const bidder = await open();
  const { fields, refused, once, twice } = await sealed(bidder.page, Buffer.from(ofd([[210, 297], [210, 297]], "投标文件")), undefined);
  assert.deepEqual([fields, refused], [[], ["PLACEMENT_INVALID", "PLACEMENT_INVALID", "PICTURE_UNREADABLE"]]);
  assert.equal(twice, "DOCUMENT_LOCKED");
  assert.equal(await bidder.signatures(), 1);
  const log = await bidder.virtual((virtual) => virtual.pluggedIn()[0].log.filter(({ name }) => name === "VerifyPIN").length);
  assert.equal(log, 1, "the PIN was sent once");
  writeFileSync(file("hand.ofd"), Buffer.from(once, "base64"));
  assert.equal(verified("hand.ofd").status, 0);
  execFileSync("python3", [`${ROOT}/tests/ofd_check/ofd_check.py`, file("hand.ofd")]);
  // The photograph's paper is transparent.
  const png = execFileSync("unzip", ["-p", file("hand.ofd"), "Doc_0/Handwriting.png"]);
  const alpha = await bidder.page.evaluate(async (base64) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0);
    return [[50, 50], [200, 50]].map(([x, y]) => pen.getImageData(x, y, 1, 1).data[3]);
  }, png.toString("base64"));
  assert.ok(alpha[0] > 240 && alpha[1] < 10, String(alpha));
  await bidder.close();
});
