// A PDF that another program made: Chromium prints it, and pages are turned and cropped by a section appended to it.

/** Points of a millimetre. */
const POINTS = 72 / 25.4;
/** Where each page has its mark, in millimetres of the page as it was printed. */
export const MARK = { x: 30, y: 200, width: 20, height: 10 };

/**
 * Pages of A4 with some text, a table and a blue mark.
 * @param {import("playwright-core").Browser} browser
 * @param {number} count
 * @returns {Promise<Buffer>}
 */
export async function printed(browser, count) {
  const page = await browser.newPage();
  const one = (number) => `<section><h1>第 ${number} 页 投标文件</h1><p>投标人（盖章）：示例建设有限公司</p><table border="1"><tr><td>项目</td><td>123.45</td></tr></table><i></i></section>`;
  const style = `@page { size: A4; margin: 0 } body { margin: 0; font-family: "Noto Sans CJK SC" }
    section { position: relative; box-sizing: border-box; width: 210mm; height: 297mm; padding: 20mm; break-after: page }
    i { position: absolute; left: ${MARK.x}mm; top: ${MARK.y}mm; width: ${MARK.width}mm; height: ${MARK.height}mm; background: #00f }`;
  await page.setContent(`<style>${style}</style>${Array.from({ length: count }, (_, index) => one(index + 1)).join("")}`);
  const bytes = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  await page.close();
  return bytes;
}

/**
 * The same document with other entries on some pages, as an editor appends them.
 * @param {Buffer} pdf with a table at its end and page objects in plain text
 * @param {Record<number, string>} entries by page, from 1
 */
export function changed(pdf, entries) {
  let text = pdf.toString("latin1");
  const pages = [...text.matchAll(/^(\d+) 0 obj\n<<\/Type \/Page\n([\s\S]*?)>>\nendobj/gm)];
  const [, size] = text.match(/\/Size (\d+)/);
  const [, root] = text.match(/\/Root (\d+ \d+ R)/);
  const before = text.match(/startxref\s+(\d+)\s+%%EOF\s*$/)[1];
  let table = "";
  for (const [number, more] of Object.entries(entries)) {
    const [, object, body] = pages[number - 1];
    table += `${object} 1\n${String(text.length).padStart(10, "0")} 00000 n \n`;
    text += `${object} 0 obj\n<</Type /Page\n${body}\n${more}>>\nendobj\n`;
  }
  const at = text.length;
  return Buffer.from(`${text}xref\n${table}trailer\n<</Size ${size}/Root ${root}/Prev ${before}>>\nstartxref\n${at}\n%%EOF\n`, "latin1");
}

/** A box of a page of A4, from millimetres off its edges. */
export function box({ left, top, right, bottom }) {
  const numbers = [left, bottom, 210 - right, 297 - top].map((length) => (length * POINTS).toFixed(3));
  return `[${numbers.join(" ")}]`;
}
