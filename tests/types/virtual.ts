// A tester's page in strict TypeScript. Only compiled.

import { describeLock, install, plug, pluggedIn, unplug, type Exchange, type VirtualDevice } from "calock/virtual";

export async function pulledOutWhileSigning(): Promise<readonly Exchange[]> {
  install({ remember: false });
  const device: VirtualDevice = await plug(await describeLock({ holder: { name: "示例建设有限公司" } }), { granted: true });
  device.inject("unplug-while@ECCSignData:twice");
  device.latency = 12;
  // @ts-expect-error a fault says when
  device.inject("silent");
  const [same] = pluggedIn();
  if (same?.plugged) unplug(same);
  const again = await plug(device);
  again.clearFaults();
  return again.log.filter(({ status, fault }) => status !== 0x9000 || fault !== null);
}
