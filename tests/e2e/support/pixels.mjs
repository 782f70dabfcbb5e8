// What is on a picture: the boxes of what has one colour, in millimetres. Chromium decodes the picture.

/**
 * The boxes of red and of blue, from left to right; what is less than `gap` millimetres apart is one.
 * @param {import("playwright-core").Browser} browser
 * @param {{png: Buffer, part?: Box}} picture `part`: the page's place on it, in pixels and their fractions; without it the page is all of it
 * @param {number} width of the page in millimetres
 * @returns {Promise<{red: Box[], blue: Box[]}>}
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */
export async function boxes(browser, { png, part }, width, gap = 5) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(async ({ data, wanted, millimetres, apart }) => {
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const { x: left, y: top, width: across, height: down } = wanted ?? { x: 0, y: 0, width: image.width, height: image.height };
      // The pixels that are whole within the page.
      const [x0, y0, x1, y1] = [Math.ceil(left), Math.ceil(top), Math.floor(left + across), Math.floor(top + down)];
      const canvas = new OffscreenCanvas(x1 - x0, y1 - y0);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(image, -x0, -y0);
      const { data: pixels } = context.getImageData(0, 0, canvas.width, canvas.height);
      const scale = millimetres / across;

      /** Red is channel 0, blue is 2. */
      const found = (channel) => {
        const other = 2 - channel;
        // Of each column the first and the last row that has the colour.
        const columns = Array.from({ length: canvas.width }, () => [Infinity, -1]);
        for (let at = 0, y = 0; y < canvas.height; y += 1) {
          for (let x = 0; x < canvas.width; x += 1, at += 4) {
            if (pixels[at + channel] <= 150 || pixels[at + other] >= 110 || pixels[at + 1] >= 110) continue;
            columns[x][0] = Math.min(columns[x][0], y);
            columns[x][1] = y;
          }
        }
        const groups = [];
        columns.forEach(([first, last], x) => {
          if (last < 0) return;
          const group = groups.at(-1);
          if (group && (x - group.to) * scale < apart) Object.assign(group, { to: x, first: Math.min(group.first, first), last: Math.max(group.last, last) });
          else groups.push({ from: x, to: x, first, last });
        });
        return groups.map(({ from, to, first, last }) =>
          ({ x: (x0 + from - left) * scale, y: (y0 + first - top) * scale, width: (to + 1 - from) * scale, height: (last + 1 - first) * scale }));
      };
      return { red: found(0), blue: found(2) };
    }, { data: png.toString("base64"), wanted: part, millimetres: width, apart: gap });
  } finally {
    await page.close();
  }
}
