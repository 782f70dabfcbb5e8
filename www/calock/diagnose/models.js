/**
 * What is known of a device's model by its USB ids, from the table in src/lock/known.
 * @module
 */
import { full } from "../wasm.js";

/** @returns {Promise<(device: object) => {name: string|{zh: string, en: string}, reach?: string}>} */
export async function models() {
  const table = await full().then((module) => JSON.parse(module.knownLocks()), () => []);
  return (device) => {
    const ids = model(device);
    const of = table.filter(({ vendorId }) => vendorId === device.vendorId);
    const known = of.find(({ productIds }) => productIds.includes(device.productId)) ?? of.find(({ productIds }) => productIds.length === 0);
    if (!known) return { name: ids };
    const { maker, model: name, reach } = known;
    return { name: { zh: `${maker.zh} ${name}（${ids}）`, en: `${maker.en} ${name} (${ids})` }, reach };
  };
}

/** "055C:E618", as device managers write it. */
export function model({ vendorId, productId }) {
  return `${hex(vendorId)}:${hex(productId)}`;
}

export function hex(number) {
  return number.toString(16).toUpperCase().padStart(4, "0");
}
