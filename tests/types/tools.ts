// A counter clerk's page in strict TypeScript. Only compiled.

import { isCalockError, locks, type LockTools, type Produced } from "calock";

export async function make(code: string, pin: string, signal: AbortSignal): Promise<Produced | undefined> {
  const lock = await locks.request({ all: true, signal });
  const tools: LockTools = await lock.tools();
  try {
    const { applications, device } = await tools.info({ signal });
    console.log(device?.serial, applications[0]?.containers.map(({ signing }) => signing.certificate?.holder.name));
    const ca = tools.authority("/api/ca", code);
    const { holder } = await ca.order({ signal });
    return await tools.produce({ holder, certify: ca.certify, pin: async (ask) => (ask.lastTry ? null : pin), signal });
  } catch (error) {
    if (isCalockError(error) && error.code === "LOCK_UNFINISHED") await tools.clearUnfinished({ pin: async () => pin });
    return undefined;
  } finally {
    await tools.close();
  }
}

export async function changed(tools: LockTools): Promise<void> {
  await tools.changePin({ pin: async ({ lastTry }) => (lastTry ? null : { old: "12345678", new: "87654321" }) });
  // @ts-expect-error the old PIN is missing
  await tools.changePin({ pin: async () => ({ new: "87654321" }) });
}
