/** Child of `light-probe.ts`: makes probes when it is told to, and says what they cost it. */

import { taskOfChild } from "./child.ts";
import { createProber, makeProbes } from "./prober.ts";

export interface LightSettings {
  readonly name: string;
  readonly rootPem: string;
  readonly ports: readonly number[];
}
export interface LightRun {
  readonly count: number;
  readonly inFlight: number;
}
export interface LightCost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const settings = taskOfChild<LightSettings>();
const probe = createProber(settings);

process.on("message", async ({ count, inFlight }: LightRun) => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await makeProbes(probe, settings.ports, count, inFlight);
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ cpuMs: (user + system) / 1000, wallMs: performance.now() - began } satisfies LightCost);
});
process.on("disconnect", () => process.exit());
