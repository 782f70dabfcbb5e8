// What a page sees of a lock that is plugged in, gone through to the edges: each outcome a short text by name. The same list is gone
// through in the rig and with a real kernel; what differs is a fault of the rig.

const hex = (view) => Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), (byte) => byte.toString(16).padStart(2, "0")).join("");
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const slow = Number(new URLSearchParams(location.search).get("slow") ?? 1);
/** Milliseconds, longer than anything takes that comes. */
const PATIENCE = 4000 * slow;
/** For what is expected never to come. */
const SHORT = 1000 * slow;

const NEVER = "never settles";

/** How a promise ended, as text. */
async function outcome(action, patience = PATIENCE) {
  try {
    return told(await Promise.race([action(), pause(patience).then(() => NEVER)]));
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

function told(value) {
  if (value === undefined || typeof value === "string") return String(value);
  if (value instanceof USBInTransferResult) return `${value.status} ${value.data ? `${value.data.byteLength} ${hex(value.data).slice(0, 8)}` : "no data"}`;
  if (value instanceof USBOutTransferResult) return `${value.status} ${value.bytesWritten}`;
  if (value instanceof DataView) return `${value.byteLength} ${hex(value).slice(0, 8)}`;
  return JSON.stringify(value);
}

const events = [];
for (const [bus, api] of Object.entries({ hid: navigator.hid, usb: navigator.usb })) {
  for (const kind of ["connect", "disconnect"]) api.addEventListener(kind, () => events.push(`${bus} ${kind}`));
}

/** Whether the events of one bus were these; waits for them. */
async function happened(bus, ...wanted) {
  const own = () => events.filter((event) => event.startsWith(bus)).join(", ");
  for (let waited = 0; waited < 5 * PATIENCE && own() !== wanted.join(", "); waited += 50) await pause(50);
  return own();
}

/** Another document of this page, which may use the lock. */
async function second() {
  const frame = document.createElement("iframe");
  frame.allow = "hid; usb";
  frame.src = location.href;
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  await committed(frame.contentWindow);
  return frame;
}

/**
 * Waits until the browser's process knows that a document has taken its place.
 *
 * A document's scripts run, and its load event comes, while the news of it (DidCommitNavigation) may still be under way to the browser's
 * process. Until then that process gives it a HidService which it takes away when the news arrives, and an open() that meets the
 * closed pipe never settles: seen in a trace of Chromium 156, once in some hundred frames. A broadcast goes the way of the news and
 * comes after it; and what getDevices() finds after that, it has from a service that stays.
 */
async function committed(view) {
  const [from, to] = [new view.BroadcastChannel("committed"), new view.BroadcastChannel("committed")];
  await new Promise((resolve) => {
    to.onmessage = resolve;
    from.postMessage("");
  });
  from.close();
  to.close();
}

/** The devices that are there, waiting for the first: the browser may still be looking, or have closed the service that was asked. */
async function devices(api) {
  for (let waited = 0; waited < 5 * PATIENCE; waited += 100) {
    const found = await api.getDevices();
    if (found.length) return found;
    await pause(100);
  }
  throw new Error("no device");
}

let held;

// ---- WebUSB: a lock with CCID messages on a vendor-class interface

let sequence = 0;

/** PC_to_RDR_GetSlotStatus (CCID 1.1, 6.1.3); its answer has 10 bytes. */
const question = () => Uint8Array.of(0x65, 0, 0, 0, 0, 0, (sequence = (sequence + 1) & 0xff), 0, 0, 0);

const endpointRequest = (request, index) => ({ requestType: "standard", recipient: "endpoint", request, value: 0, index });
const deviceRequest = (requestType, request, value, index = 0) => ({ requestType, recipient: "device", request, value, index });

/** A question, and its answer taken by a transfer of `length` bytes. */
async function asked(device, length) {
  await device.transferOut(1, question());
  return device.transferIn(1, length);
}

async function usbOutcomes() {
  const found = {};
  const [device] = await devices(navigator.usb);
  const note = async (name, action, patience) => {
    found[name] = await outcome(action, patience);
  };
  const { configurations, productName, manufacturerName, serialNumber, vendorId, productId, usbVersionMajor, deviceVersionMajor } = device;
  found.device = JSON.stringify([vendorId, productId, typeof manufacturerName, typeof productName, typeof serialNumber, usbVersionMajor, deviceVersionMajor]);
  found.interfaces = shape(configurations);
  await note("transfer before opening", () => device.transferIn(1, 8));
  await note("open", () => device.open());
  await note("open twice", () => device.open());
  found.configuration = String(device.configuration?.configurationValue);
  await note("transfer before claiming", () => device.transferOut(1, question()));
  await note("claim", () => device.claimInterface(0));
  await note("claim twice", () => device.claimInterface(0));
  await note("claim an interface that is not there", () => device.claimInterface(7));

  await note("device descriptor", () => device.controlTransferIn(deviceRequest("standard", 6, 0x100), 18));
  await note("more than there is", () => device.controlTransferIn(deviceRequest("standard", 6, 0x100), 64));
  await note("less than there is", () => device.controlTransferIn(deviceRequest("standard", 6, 0x100), 8));
  await note("product string", async () => {
    const { status, data } = await device.controlTransferIn(deviceRequest("standard", 6, 0x302, 0x409), 255);
    const text = new TextDecoder("utf-16le").decode(new Uint8Array(data.buffer, data.byteOffset + 2, data.byteLength - 2));
    return `${status}, ${text === productName ? "the product's name" : text}`;
  });
  await note("a string that is not there", () => device.controlTransferIn(deviceRequest("standard", 6, 0x309, 0x409), 255));
  await note("status of an endpoint", () => device.controlTransferIn(endpointRequest(0, 0x81), 2));
  await note("vendor request in", () => device.controlTransferIn(deviceRequest("vendor", 1, 0), 8));
  await note("vendor request out", () => device.controlTransferOut(deviceRequest("vendor", 1, 0), new Uint8Array(2)));
  await note("class request", () => device.controlTransferIn({ requestType: "class", recipient: "interface", request: 2, value: 0, index: 0 }, 4));

  await note("answer", () => asked(device, 64));
  await note("exactly as long", () => asked(device, 10));
  await note("babble", () => asked(device, 5));
  await note("after babble", () => asked(device, 64));
  await note("two questions, one after the other", async () => {
    await device.transferOut(1, question());
    await device.transferOut(1, question());
    return `${told(await device.transferIn(1, 64))}, ${told(await device.transferIn(1, 64))}`;
  });
  await note("transfer before the question", async () => {
    const answer = device.transferIn(1, 64);
    await device.transferOut(1, question());
    return answer;
  });
  await note("nothing out", () => device.transferOut(1, new Uint8Array(0)));
  await note("an endpoint that is not there", () => device.transferIn(5, 8));

  // A page may not halt an endpoint itself.
  await note("halt the answers", () => device.controlTransferOut(endpointRequest(3, 0x81)));
  await note("clear a halt that is none", () => device.clearHalt("in", 1));
  await note("answer after clearing", () => asked(device, 64));

  await note("the alternate that is there", () => device.selectAlternateInterface(0, 0));
  await note("an alternate that is not there", () => device.selectAlternateInterface(0, 1));
  await note("answer after selecting", () => asked(device, 64));
  await note("the configuration, while claimed", () => device.selectConfiguration(1));
  await note("a configuration that is not there", () => device.selectConfiguration(2));

  const frame = await second();
  const [others] = await frame.contentWindow.devices(frame.contentWindow.navigator.usb);
  found["another document opens"] = await frame.contentWindow.outcome(() => others.open());
  found["another document claims"] = await frame.contentWindow.outcome(() => others.claimInterface(0));
  await note("release", () => device.releaseInterface(0));
  found["another document claims what is free"] = await frame.contentWindow.outcome(() => others.claimInterface(0));
  await note("claim what another document has", () => device.claimInterface(0));
  await frame.contentWindow.outcome(() => others.close());
  frame.remove();

  await note("claim again", () => claimSoon(device));
  let waiting = outcome(() => device.transferIn(1, 64));
  await pause(200);
  await note("release while a transfer waits", () => device.releaseInterface(0));
  found["transfer at release"] = await waiting;
  await note("transfer after release", () => device.transferOut(1, question()));
  await device.claimInterface(0);
  waiting = outcome(() => device.transferIn(1, 64));
  await pause(200);
  await note("close", () => device.close());
  found["transfer at close"] = await waiting;
  await note("transfer after close", () => device.transferOut(1, question()));
  await device.open();
  await note("reset", () => device.reset());
  await note("claim after reset", () => claimSoon(device));
  await note("answer after reset", () => asked(device, 64));
  held = { device };
  return found;
}

/** PC_to_RDR_XfrBlock (6.1.4) with SELECT of the master file: an exchange, which a fault can strike. */
const command = () => Uint8Array.of(0x6f, 7, 0, 0, 0, 0, (sequence = (sequence + 1) & 0xff), 0, 0, 0, 0x00, 0xa4, 0x00, 0x00, 0x02, 0x3f, 0x00);

/** With the fault send-stalls@any:twice. */
async function usbStalled() {
  const { device } = held;
  const found = {
    "power on": await outcome(async () => {
      await device.transferOut(1, Uint8Array.of(0x62, 0, 0, 0, 0, 0, (sequence = (sequence + 1) & 0xff), 0, 0, 0));
      return device.transferIn(1, 65556);
    }),
    stalled: await outcome(() => device.transferOut(1, command())),
    "still stalled": await outcome(() => device.transferOut(1, question())),
    "clear the halt": await outcome(() => device.clearHalt("out", 1)),
    "stalled again": await outcome(() => device.transferOut(1, command())),
    "clear the halt again": await outcome(() => device.clearHalt("out", 1)),
    "sent after clearing": await outcome(() => device.transferOut(1, command())),
  };
  found["answer after clearing the halt"] = (await outcome(() => device.transferIn(1, 65556))).slice(0, 3);
  return found;
}

/** With the fault send-hangs@any. */
async function usbHanging() {
  const { device } = held;
  const found = {};
  const hanging = outcome(() => device.transferOut(1, command()), 2 * SHORT);
  found["sent while it hangs"] = await hanging;
  found["close while it hangs"] = await outcome(() => device.close());
  await device.open();
  await claimSoon(device);
  found["answer after it hung"] = await outcome(() => asked(device, 64));
  held = { device, waiting: outcome(() => device.transferIn(1, 64), 10 * PATIENCE) };
  return found;
}

/** Claims the interface; the browser may still be closing the file of an earlier close(). */
async function claimSoon(device) {
  for (let waited = 0; waited < PATIENCE; waited += 50) {
    const result = await outcome(() => device.claimInterface(0));
    if (result === "undefined") return;
    await pause(50);
  }
  return device.claimInterface(0);
}

/** After the lock was pulled out. */
async function usbUnplugged() {
  const { device, waiting } = held;
  return {
    "events of unplugging": await happened("usb", "usb disconnect"),
    "transfer when unplugged": await waiting,
    "opened when unplugged": String(device.opened),
    "transfer after unplugging": await outcome(() => device.transferOut(1, question())),
    "open after unplugging": await outcome(() => device.open()),
    "devices after unplugging": String((await navigator.usb.getDevices()).length),
  };
}

/** After it was plugged in again. */
async function usbReplugged() {
  const found = { "events of plugging in again": await happened("usb", "usb disconnect", "usb connect") };
  const [device] = await devices(navigator.usb);
  await device.open();
  if (!device.configuration) await device.selectConfiguration(1);
  await device.claimInterface(0);
  found["answer after plugging in again"] = await outcome(() => asked(device, 64));
  await device.close();
  return found;
}

/** Which interfaces of a device may be claimed. */
async function claims() {
  const [device] = await devices(navigator.usb);
  const found = { interfaces: shape(device.configurations), open: await outcome(() => device.open()) };
  for (const { interfaceNumber, alternate } of device.configuration.interfaces) {
    found[`claim class ${alternate.interfaceClass.toString(16)}`] = await outcome(() => device.claimInterface(interfaceNumber));
  }
  await device.close();
  return found;
}

function shape(configurations) {
  const endpoint = ({ direction, endpointNumber, type, packetSize }) => `${direction}${endpointNumber} ${type} ${packetSize}`;
  const one = ({ alternate }) => [alternate.interfaceClass, alternate.interfaceSubclass, alternate.interfaceProtocol, alternate.endpoints.map(endpoint)];
  return JSON.stringify(configurations.map(({ configurationValue, interfaces }) => [configurationValue, interfaces.map(one)]));
}

// ---- WebHID: a lock with Longmai frames in reports of 64 bytes

/** A captured frame that asks for one number and is answered in one report. */
const frame = Uint8Array.from({ length: 64 }, (_, index) => [0xde, 0xfe, 0x01][index] ?? { 17: 0x0a, 20: 0x32, 21: 0x12, 23: 0x07, 24: 0xc0, 25: 0x0a, 27: 0x80 }[index] ?? 0);

/** A report sent, and the report that comes back. */
async function answered(device, id, report) {
  const answer = new Promise((resolve) => device.addEventListener("inputreport", ({ reportId, data }) => resolve(`${reportId} ${told(data)}`), { once: true }));
  await Promise.race([device.sendReport(id, report), pause(PATIENCE).then(() => Promise.reject(new Error(NEVER)))]);
  return answer;
}

async function hidOutcomes() {
  const found = {};
  const [device] = await devices(navigator.hid);
  const note = async (name, action, patience) => {
    found[name] = await outcome(action, patience);
  };
  const report = ({ reportId, items }) => [reportId, items.map(({ reportSize, reportCount, usages }) => [reportSize, reportCount, usages])];
  const collection = ({ usagePage, usage, type, inputReports, outputReports, featureReports }) => [usagePage, usage, type, inputReports.map(report), outputReports.map(report), featureReports.map(report)];
  found.device = JSON.stringify([device.vendorId, device.productId, device.collections.map(collection)]);
  await note("send before opening", () => device.sendReport(0, frame));
  await note("open", () => device.open());
  await note("open twice", () => device.open());
  await note("answer", () => answered(device, 0, frame));
  await note("a report of three bytes", () => answered(device, 0, Uint8Array.of(0xde, 0xfe, 0x01)), SHORT);
  await note("an empty report", () => answered(device, 0, new Uint8Array(0)), SHORT);
  await note("a report of 65 bytes", () => answered(device, 0, new Uint8Array(65)));
  await note("a report with an id", () => answered(device, 9, frame));
  await note("answer after those", () => answered(device, 0, frame));
  await note("feature report", () => device.receiveFeatureReport(0));
  await note("feature report to it", () => device.sendFeatureReport(0, new Uint8Array(8)));

  const document2 = await second();
  const [others] = await document2.contentWindow.devices(document2.contentWindow.navigator.hid);
  found["another document opens"] = await document2.contentWindow.outcome(() => others.open());
  const heard = new Promise((resolve) => others.addEventListener("inputreport", ({ data }) => resolve(`${data.byteLength} bytes`), { once: true }));
  await note("answer with two documents", () => answered(device, 0, frame));
  await note("the other document hears it", () => heard);
  await document2.contentWindow.outcome(() => others.close());
  document2.remove();
  await note("answer with one again", () => answered(device, 0, frame));

  await note("close", () => device.close());
  await note("send after closing", () => device.sendReport(0, frame));
  await note("open again", () => device.open());
  await note("answer after opening again", () => answered(device, 0, frame));
  held = { device };
  return found;
}

async function hidUnplugged() {
  const { device } = held;
  // The news of the unplugging and the end of the connection come by two ways. What is sent between them is refused; only what is
  // sent after both is what this asks about.
  const sent = () => outcome(() => device.sendReport(0, frame), SHORT);
  const refused = "InvalidStateError: The device was closed unexpectedly.";
  return {
    "events of unplugging": await happened("hid", "hid disconnect"),
    "opened when unplugged": String(device.opened),
    "send after unplugging": await sent().then((result) => (result === refused ? sent() : result)),
    "close after unplugging": await outcome(() => device.close(), SHORT),
    "devices after unplugging": String((await navigator.hid.getDevices()).length),
  };
}

async function hidReplugged() {
  const found = { "events of plugging in again": await happened("hid", "hid disconnect", "hid connect") };
  const [device] = await devices(navigator.hid);
  await device.open();
  found["answer after plugging in again"] = await outcome(() => answered(device, 0, frame));
  await device.close();
  return found;
}
