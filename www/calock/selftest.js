/**
 * 一键检测: everything that a login, a signature and a seal need, one step after the other, with what to do where one fails.
 *
 * A portal's page takes the element `<calock-selftest>`; who shows the steps in another way calls `selftest()`.
 * @module
 */
import { CalockSelftest } from "./selftest/element.js";
import { run } from "./selftest/run.js";

export { CalockSelftest };

/**
 * Runs the test and gives each step whenever something about it has changed; the last thing given is the result.
 * @param {object} [options] see SelftestOptions in index.d.ts
 * @returns {AsyncGenerator<object, object>} SelftestStep …, and in the end (as `done`) SelftestResult
 */
export async function* selftest(options = {}) {
  const { signal } = options;
  const waiting = [];
  let wake = () => {};
  const put = (step) => {
    waiting.push(step);
    wake();
  };
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  let ended = false;
  const result = run({ ...options, signal: giveUp.signal, tell: (step) => put(step.told()) }).finally(() => {
    ended = true;
    wake();
  });
  result.catch(() => {});
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift();
      if (ended) return (await result).told();
      await new Promise((resolve) => {
        wake = resolve;
        if (ended || waiting.length > 0) resolve();
      });
    }
  } finally {
    // Whoever stops listening stops the test.
    signal?.removeEventListener("abort", abort);
    abort();
    await result.catch(() => {});
  }
}

if (globalThis.customElements && !customElements.get("calock-selftest")) customElements.define("calock-selftest", CalockSelftest);
