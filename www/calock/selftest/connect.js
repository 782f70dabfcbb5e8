/**
 * The lock: the one that this site may use, or the one that a person picks or plugs in now.
 * @module
 */
import { locks } from "../functions.js";

export async function connect(test, step) {
  const { signal } = test;
  const known = await locks.known({ signal });
  let chosen = known.length === 1 && !test.other ? known[0] : undefined;
  if (!chosen) {
    step.wait(known.length > 1 ? "LOCK_CHOICE" : "LOCK_WAITING");
    chosen = await test.ask((moot) => (test.choose ?? plugged)({ known, signal: moot }));
    step.begin();
  }
  const { label, manufacturer } = await chosen.info({ signal });
  test.seen.lock = { profile: chosen.profile, manufacturer };
  test.take(await chosen.tools());
  step.pass("LOCK_FOUND", { values: { n: [chosen.name, label].filter(Boolean).join("，") } });
}

/** For pages without a way to ask: the next lock that is plugged in and that this site may use. */
function plugged({ signal }) {
  return new Promise((resolve) => {
    const take = ({ lock: added }) => {
      locks.removeEventListener("added", take);
      resolve(added);
    };
    locks.addEventListener("added", take);
    signal.addEventListener("abort", () => locks.removeEventListener("added", take), { once: true });
  });
}
