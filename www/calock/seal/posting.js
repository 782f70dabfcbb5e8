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

/**
 * Posts a document and says how it goes.
 * @param {File} file
 * @param {{sent: import("../seal-post.js").Posting, work: import("./work.js").Work, signer: () => Promise<object>, sign: Function}} by
 * @returns {Promise<object|undefined>} the portal's answer; nothing when it was stopped, which can be gone on with
 */
export async function send(file, { sent, work, signer, sign }) {
  work.say("posting");
  try {
    const answer = await sent.post(file, {
      signal: work.signal, signer, sign,
      onProgress: (part) => {
        work.progress(part);
        work.say("posting");
      },
      onWait: (seconds) => work.say("postWaits", { n: Math.ceil(seconds) }),
    });
    work.say("posted");
    return answer;
  } catch (error) {
    if (error.code !== "ABORTED") throw error;
    work.say("postKept");
    return undefined;
  }
}

async function hash(file, algorithm, options) {
  const open = await openDocument(file, options);
  try {
    return await open.digest(algorithm, options);
  } finally {
    open.close();
  }
}
