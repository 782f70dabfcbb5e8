/**
 * What a seal is tried out on: a one-page OFD document, and a picture of a seal. Both are made on the spot.
 * @module
 */

const NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"';
/** Millimetres. */
export const PAGE = { width: 148, height: 105 };

/** A document of one page (GB/T 33190) that says `text`. */
export function sampleDocument(text) {
  const box = `<ofd:PhysicalBox>0 0 ${PAGE.width} ${PAGE.height}</ofd:PhysicalBox>`;
  const line = `<ofd:TextObject ID="5" Boundary="12 14 120 10" Font="2" Size="6"><ofd:TextCode X="0" Y="6">${text}</ofd:TextCode></ofd:TextObject>`;
  const files = {
    "OFD.xml": `<ofd:OFD ${NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>${"0".repeat(32)}</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
    "Doc_0/Document.xml": `<ofd:Document ${NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>5</ofd:MaxUnitID><ofd:PageArea>${box}</ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="3" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`,
    "Doc_0/PublicRes.xml": `<ofd:Res ${NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="SimSun"/></ofd:Fonts></ofd:Res>`,
    "Doc_0/Pages/Page_0/Content.xml": `<ofd:Page ${NAMESPACE}><ofd:Content><ofd:Layer ID="4">${line}</ofd:Layer></ofd:Content></ofd:Page>`,
  };
  return new File([zip(files)], "calock-test.ofd", { type: "application/ofd" });
}

/** A package of stored entries (APPNOTE 4.3). */
function zip(files) {
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [path, `<?xml version="1.0" encoding="UTF-8"?>${text}`].map((one) => new TextEncoder().encode(one));
    // Version, flags, method, time, date, checksum, two sizes, lengths of name and extra field: in both headers.
    const shared = numbers([20, 2], [0, 2], [0, 2], [0, 2], [0x21, 2], [crc32(content), 4], [content.length, 4], [content.length, 4], [name.length, 2], [0, 2]);
    directory.push(numbers([0x02014b50, 4], [20, 2]), shared, new Uint8Array(10), numbers([at, 4]), name);
    const entry = [numbers([0x04034b50, 4]), shared, name, content];
    parts.push(...entry);
    at += length(entry);
  }
  const count = Object.keys(files).length;
  const end = numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [length(directory), 4], [at, 4], [0, 2]);
  return new Blob([...parts, ...directory, end]);
}

const length = (parts) => parts.reduce((sum, part) => sum + part.length, 0);

/** Numbers, each with its width in bytes, least significant byte first. */
function numbers(...pairs) {
  return Uint8Array.from(pairs.flatMap(([number, width]) => Array.from({ length: width }, (_, byte) => (number >>> (8 * byte)) & 255)));
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/**
 * A round picture with `name` along its ring and `text` below a star: PNG, 12 points to the millimetre.
 * @returns {Promise<Uint8Array>}
 */
export async function samplePicture(name, text, size) {
  const canvas = document.createElement("canvas");
  const side = (canvas.width = canvas.height = size * 12);
  const pen = canvas.getContext("2d");
  pen.fillStyle = pen.strokeStyle = "#c8161d";
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.translate(side / 2, side / 2);
  pen.lineWidth = 12;
  pen.beginPath();
  pen.arc(0, 0, side / 2 - 8, 0, 2 * Math.PI);
  pen.stroke();
  pen.beginPath();
  for (let point = 0; point < 10; point += 1) {
    const [radius, angle] = [(side / 7) * (point % 2 ? 0.382 : 1), (point * Math.PI) / 5];
    pen.lineTo(radius * Math.sin(angle), -radius * Math.cos(angle));
  }
  pen.fill();
  const letters = [...name];
  const height = Math.min(side / 9, (side * 1.9) / letters.length);
  pen.font = `${height}px SimSun, "Noto Serif CJK SC", serif`;
  letters.forEach((letter, index) => {
    pen.save();
    const spread = Math.min(4.2, 0.34 * (letters.length - 1));
    pen.rotate(letters.length > 1 ? -spread / 2 + (spread * index) / (letters.length - 1) : 0);
    pen.fillText(letter, 0, -side / 2 + 22 + height / 2);
    pen.restore();
  });
  pen.font = `${side / 13}px SimSun, "Noto Serif CJK SC", serif`;
  pen.fillText(text, 0, side * 0.27);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new Uint8Array(await blob.arrayBuffer());
}
