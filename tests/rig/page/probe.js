// What the rig's own test does in the page. Each function returns a promise of plain data.
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Settles like `promise`, or rejects with "TimeLimit" so that no test hangs on a promise that never settles. */
function within(milliseconds, promise) {
  const limit = pause(milliseconds).then(() => Promise.reject(new DOMException("not settled", "TimeLimit")));
  return Promise.race([promise, limit]);
}

const nextReport = (device) =>
  new Promise((resolve) => device.addEventListener("inputreport", (event) => resolve(event), { once: true }));

/** A report that differs in every exchange. */
const reportNumber = (number) => Uint8Array.from({ length: 64 }, (_, index) => (number * 7 + index) & 0x7f);

const events = [];
for (const kind of ["connect", "disconnect"]) {
  navigator.hid.addEventListener(kind, (event) => events.push(`${kind} ${event.device.productName}`));
}

async function listDevices() {
  const devices = await navigator.hid.getDevices();
  return devices.map((device) => ({
    vendorId: device.vendorId,
    productId: device.productId,
    productName: device.productName,
    collections: device.collections.map((collection) => ({
      usagePage: collection.usagePage,
      usage: collection.usage,
      input: collection.inputReports.map(reportShape),
      output: collection.outputReports.map(reportShape),
      feature: collection.featureReports.map(reportShape),
    })),
  }));
}

function reportShape({ reportId, items }) {
  const bits = items.reduce((total, item) => total + item.reportSize * item.reportCount, 0);
  return { reportId, bytes: bits / 8 };
}

async function openDevice() {
  const [device] = await navigator.hid.getDevices();
  if (!device) throw new Error("no device");
  if (!device.opened) await within(3000, device.open());
  return device;
}

/** `count` exchanges with an echoing lock; returns how many were right and the mean time of one. */
async function echo(count) {
  const device = await openDevice();
  const start = performance.now();
  let right = 0;
  for (let number = 0; number < count; number += 1) {
    const sent = reportNumber(number);
    const answer = nextReport(device);
    await within(3000, device.sendReport(0, sent));
    const event = await within(3000, answer);
    sent[63] ^= 0xff;
    if (event.reportId === 0 && hex(bytesOf(event.data)) === hex(sent)) right += 1;
  }
  return { right, milliseconds: (performance.now() - start) / count };
}

async function addDocument() {
  const frame = document.createElement("iframe");
  frame.allow = "hid";
  frame.src = "index.html?second";
  document.body.append(frame);
  await within(3000, new Promise((resolve) => frame.addEventListener("load", resolve, { once: true })));
  return frame;
}

/** One report goes out from this document; what does each of two documents that have the device open get? */
async function echoInTwoDocuments() {
  const frame = await addDocument();
  const devices = [await openDevice(), await frame.contentWindow.openDevice()];
  const answers = devices.map(nextReport);
  await devices[0].sendReport(0, reportNumber(5));
  const got = await within(3000, Promise.all(answers));
  frame.remove();
  return got.map((event) => hex(bytesOf(event.data)));
}

/** Sends one report with the given first byte; "sent", or the name of what went wrong. */
async function sendOrder(first, patience = 1000) {
  const device = await openDevice();
  const report = new Uint8Array(64);
  report[0] = first;
  return within(patience, device.sendReport(0, report)).then(() => "sent", (error) => error.name);
}

async function waitForEvents(count) {
  for (let waited = 0; waited < 5000 && events.length < count; waited += 20) await pause(20);
  return events;
}
