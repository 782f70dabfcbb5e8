// Documents for tests: pages of given sizes. OFD with a line of text, stored without compression; PDF without content.

import { crc32 } from "node:zlib";

const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';

/**
 * @param {[number, number][]} sizes millimetres
 * @param {string} text
 * @param {Buffer} [ballast] a part that makes the package large
 * @returns {Buffer}
 */
export function ofd(sizes, text, ballast) {
  const page = ([width, height]) =>
    `<ofd:Page ${NAMESPACE}><ofd:Area><ofd:PhysicalBox>0 0 ${width} ${height}</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer ID="4"><ofd:TextObject ID="5" Boundary="20 20 150 12" Font="2" Size="8"><ofd:TextCode X="0" Y="8">${text}</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`;
  const pages = sizes.map((_, index) => `<ofd:Page ID="${10 + index}" BaseLoc="Pages/Page_${index}/Content.xml"/>`);
  const files = [
    ["OFD.xml", `<ofd:OFD ${NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`],
    ["Doc_0/Document.xml", `<ofd:Document ${NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>${pages.join("")}</ofd:Pages></ofd:Document>`],
    ...sizes.map((size, index) => [`Doc_0/Pages/Page_${index}/Content.xml`, page(size)]),
    ...(ballast ? [["Doc_0/Res/ballast.bin", ballast]] : []),
  ];
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [path, content] of files) {
    const [name, bytes] = [Buffer.from(path), Buffer.from(content)];
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(at);
    parts.push(Buffer.from("PK\x03\x04"), shared, name, bytes);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, Buffer.alloc(10), place, name);
    at += 4 + shared.length + name.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.reduce((sum, part) => sum + part.length, 0), 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/**
 * @param {[number, number][]} sizes points
 * @param {Buffer} [ballast] a stream that makes the file large
 * @returns {Buffer}
 */
export function pdf(sizes, ballast) {
  const kids = sizes.map((_, index) => `${3 + index} 0 R`).join(" ");
  return assembled([
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Kids[${kids}]/Count ${sizes.length}>>`,
    ...sizes.map(([width, height]) => `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Resources<<>>>>`),
    ...(ballast ? [[`<</Length ${ballast.length}>>\nstream\n`, ballast, "\nendstream"]] : []),
  ]);
}

/**
 * A form on pages of A4 with empty signature fields.
 * @param {number} count of pages
 * @param {{name: string, page: number, x: number, y: number, width: number, height: number}[]} fields millimetres
 * @returns {Buffer}
 */
export function form(count, fields) {
  const points = (length) => ((length * 72) / 25.4).toFixed(4);
  const pages = Array.from({ length: count }, (_, index) => index + 1);
  const object = (index) => 3 + count + index;
  const on = (page) => fields.flatMap((field, index) => (field.page === page ? [`${object(index)} 0 R`] : [])).join(" ");
  const box = ({ x, y, width, height }) => [x, 297 - y - height, x + width, 297 - y].map(points).join(" ");
  return assembled([
    `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${fields.map((_, index) => `${object(index)} 0 R`).join(" ")}]>>>>`,
    `<</Type/Pages/Kids[${pages.map((page) => `${2 + page} 0 R`).join(" ")}]/Count ${count}>>`,
    ...pages.map((page) => `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${points(210)} ${points(297)}]/Resources<<>>/Annots[${on(page)}]>>`),
    ...fields.map((field) => `<</Type/Annot/Subtype/Widget/FT/Sig/T(${field.name})/F 4/P ${2 + field.page} 0 R/Rect[${box(field)}]>>`),
  ]);
}

/** Objects, each a text or its pieces, as a file. */
function assembled(objects) {
  const parts = [Buffer.from("%PDF-1.7\n")];
  let at = parts[0].length;
  const put = (...pieces) => {
    for (const piece of pieces) at += parts[parts.push(Buffer.from(piece)) - 1].length;
  };
  const places = objects.map((object, index) => {
    const line = `${String(at).padStart(10, "0")} 00000 n \n`;
    put(`${index + 1} 0 obj\n`, ...[object].flat(), "\nendobj\n");
    return line;
  });
  const size = objects.length + 1;
  put(`xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`);
  return Buffer.concat(parts);
}
