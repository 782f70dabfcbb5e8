// Counting and timing a login in the page, from outside of the module: at the device that it talks to.

/**
 * @typedef {object} Measured one login
 * @property {number} exchanges as the module counts them
 * @property {number} messages as the device saw them
 * @property {number} total milliseconds from the call to the signed object
 * @property {number} module milliseconds of them in which nobody waited for the lock or the browser's open()
 * @property {number} status the portal's answer to the signed object
 * @property {string} journal the module's record of the exchanges so far
 */

/**
 * Logs in several times with the one lock that the page may use, the way `<calock-login>` does: reads the certificates,
 * then signs. The lock stays open in between.
 * @param {import("playwright-core").Page} page the portal's login page
 * @param {string} pin
 * @returns {Promise<Measured[]>}
 */
export function measuredLogins(page, pin, count = 2) {
  return page.evaluate(inPage, { pin, count });
}

async function inPage({ pin, count }) {
  const { locks } = await import("/calock/api.js");
  const [device] = await navigator.hid.getDevices();
  const [lock] = await locks.known();
  const meter = { messages: 0, outside: 0, since: undefined };
  const goOut = () => { meter.since ??= performance.now(); };
  const comeBack = () => {
    if (meter.since !== undefined) meter.outside += performance.now() - meter.since;
    meter.since = undefined;
  };

  const send = device.sendReport.bind(device);
  device.sendReport = (id, data) => {
    const [tag] = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, 1) : new Uint8Array(data);
    // Bit 7 begins a message, bit 6 ends one (Longmai's HID framing).
    if (tag & 0x80) meter.messages += 1;
    goOut();
    return send(id, data);
  };
  // Heard before the module hears it: it listens only when it opens the device.
  device.addEventListener("inputreport", ({ data }) => data.getUint8(0) & 0x40 && comeBack());
  const open = device.open.bind(device);
  device.open = () => {
    goOut();
    return open().finally(comeBack);
  };

  const post = (url, body) =>
    fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const measured = [];
  for (let login = 0; login < count; login += 1) {
    const challenge = await (await post("/api/challenge", { purpose: "login", account: null, payload: null })).json();
    const [exchanges, messages, outside] = [lock.exchanges, meter.messages, meter.outside];
    const start = performance.now();
    const [{ fingerprint: certificate }] = await lock.certificates();
    const signed = await lock.login({ challenge, certificate, pin: async () => pin });
    const total = performance.now() - start;
    measured.push({
      exchanges: lock.exchanges - exchanges,
      messages: meter.messages - messages,
      total,
      module: total - (meter.outside - outside),
      status: (await post("/api/login", signed)).status,
      journal: lock.journal(),
    });
  }
  await lock.close();
  return measured;
}
