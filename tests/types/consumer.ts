// A portal developer's page in strict TypeScript: everything that index.d.ts promises, used the way the guide shows it.
// Only compiled. A line under @ts-expect-error is a mistake that the types must catch.

import {
  CalockError, describe, diagnose, init, isCalockError, locks, support, version,
  type CalockLogin, type CertificateInfo, type Challenge, type Code, type Diagnosis, type FindingCode, type Lock, type PinAsk, type PinProvider, type SignedStatement,
  type Step,
} from "calock";

async function challenge(): Promise<Challenge> {
  const response = await fetch("/api/challenge", { method: "POST", body: JSON.stringify({ purpose: "login" }) });
  return (await response.json()) as Challenge;
}

const pin: PinProvider = async (ask: PinAsk) => {
  if (ask.lastTry && !confirm("最后一次")) return null;
  const typed = prompt(`还可以尝试 ${ask.triesLeft ?? "?"} 次，${ask.certificate.holder.name}`);
  return typed === null ? null : ask.lastTry ? { pin: new TextEncoder().encode(typed), lastTry: true } : typed;
};

export async function logIn(signal: AbortSignal): Promise<SignedStatement | Code | undefined> {
  const reasons: readonly Code[] = support().reasons;
  if (reasons.length > 0) return reasons[0];
  await init({ wasm: new URL("/calock/calock_wasm_bg.wasm", location.href), full: "/calock/calock_full_bg.wasm" });
  const [known] = await locks.known({ signal });
  const lock: Lock = known ?? (await locks.request({ signal }).catch(() => locks.request({ signal, usb: true })));
  try {
    const certificates: readonly CertificateInfo[] = await lock.certificates({ signal });
    const usable = certificates.find(({ usage, state }) => usage !== "encryption" && state === "ok");
    const fingerprint = usable?.fingerprint;
    return await lock.login({
      challenge: await challenge(),
      ...(fingerprint === undefined ? {} : { certificate: fingerprint }),
      pin,
      onStep: (step: Step) => console.log(step.at === "certificate" ? step.certificate.serial : step.at),
      signal,
    });
  } catch (error) {
    if (!isCalockError(error)) throw error;
    const { what, todo } = describe(error, "zh-CN");
    alert(`${what}${todo}${error.triesLeft ?? ""}${error.phase ?? ""}${String(error.retriable)}${version() ?? ""}`);
    return undefined;
  } finally {
    await lock.close();
  }
}

export async function whyNot(signal: AbortSignal, into: Element): Promise<FindingCode | undefined> {
  const found: Diagnosis = await diagnose({ signal, wait: 5000, after: "CHOOSER_CANCELLED", lang: "zh-CN", into });
  for (const { code, level, text, advice } of found.findings) console.log(code, level, text, advice);
  await navigator.clipboard.writeText(found.report);
  return found.ok ? undefined : found.code;
}

export function listen(element: CalockLogin): void {
  element.addEventListener("calock-signed", (event) => {
    const signed: SignedStatement = event.detail;
    event.preventDefault();
    void fetch("/api/login", { method: "POST", body: JSON.stringify(signed) });
  });
  element.addEventListener("calock-error", ({ detail }) => console.error(detail.code, detail.status));
  element.addEventListener("calock-step", ({ detail }) => console.log(detail.at));
  locks.addEventListener("removed", ({ lock }) => console.log(lock.id));
  document.querySelector("calock-login")?.cancel();
}

export async function mistakes(lock: Lock): Promise<void> {
  // @ts-expect-error a PIN provider is needed
  await lock.login({ challenge: await challenge() });
  // @ts-expect-error this is no purpose
  await lock.login({ challenge: await challenge(), purpose: "pay", pin });
  // @ts-expect-error the last try is agreed to or not mentioned
  await lock.login({ challenge: await challenge(), pin: async () => ({ pin: "12345678", lastTry: false }) });
  // @ts-expect-error errors are read only
  new CalockError("PIN_WRONG").code = "PIN_LOCKED";
  // @ts-expect-error locks come from `locks`
  new (lock.constructor as typeof Lock)();
}
