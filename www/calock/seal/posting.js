/**
 * What posts documents, fetched when something may be posted.
 * @module
 */
import { openDocument } from "./document.js";

/**
 * @param {string} url
 * @param {{csrf?: string, account?: string}} who
 * @returns {Promise<import("../seal-post.js").Posting>}
 */
export async function posting(url, { csrf, account }) {
  const { Posting } = await import("../seal-post.js");
  return new Posting(url, { csrf, account, hash });
}

async function hash(file, algorithm, options) {
  const open = await openDocument(file, options);
  try {
    return await open.digest(algorithm, options);
  } finally {
    open.close();
  }
}
