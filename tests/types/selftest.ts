// A portal's own self-test page in strict TypeScript. Only compiled.

import { isCalockError, locks } from "calock";
import { selftest, type CalockSelftest, type SelftestResult } from "calock/selftest";

export async function test(signal: AbortSignal, ask: (triesLeft: number | null) => Promise<string>): Promise<SelftestResult | undefined> {
  const steps = selftest({
    signal, challengeUrl: "/api/challenge", submitUrl: "/api/selftest", certificateUrl: "/api/selftest/certificate",
    choose: ({ known }) => (known[0] ? Promise.resolve(known[0]) : locks.request({ all: true, signal })),
    sign: async ({ containers, triesLeft, lastTry }) => (lastTry ? null : { containers: containers.map(({ name }) => name), pin: await ask(triesLeft) }),
  });
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return value;
      for (const { title, state, advice } of [value, ...value.lines]) console.log(title, state, advice, value.ms);
    }
  } catch (error) {
    if (isCalockError(error)) return undefined;
    throw error;
  }
}

export function watch(element: CalockSelftest): void {
  element.addEventListener("calock-done", ({ detail }) => console.log(detail.report));
  // @ts-expect-error a result is no step
  element.addEventListener("calock-done", ({ detail }) => console.log(detail.lines));
}
