// Waiting for something to become true, with an end: a browser test must never hang.

/** Seconds that a step of a person may take on a slow machine. */
export const STEP_SECONDS = 20;

/**
 * Asks again and again until the answer is neither false nor undefined nor null; returns it.
 * @template T
 * @param {() => T | Promise<T>} ask
 * @param {string | (() => string)} what what was waited for, for the error
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(ask, what, seconds = STEP_SECONDS) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${typeof what === "function" ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
