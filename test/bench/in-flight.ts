/** Child of `slow-servers.ts`: many probes at once against servers that take their time; what they need of memory and descriptors. */

import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { taskOfChild } from "./child.ts";
import { createProber, makeProbes } from "./prober.ts";

export interface InFlightTask {
  readonly name: string;
  readonly rootPem: string;
  readonly ports: readonly number[];
  readonly count: number;
}
export interface InFlightResult {
  readonly ended: number;
  /** Peak over what the process needed before, per probe, kB. */
  readonly rssKB: number;
  readonly descriptorsLeft: number;
  readonly wallMs: number;
}

const { ports, count, ...trust } = taskOfChild<InFlightTask>();
const probe = createProber(trust);
await makeProbes(probe, ports, 50, 10);
globalThis.gc?.();

const descriptors = (): number => readdirSync("/proc/self/fd").length;
const before = { rss: process.memoryUsage.rss(), descriptors: descriptors() };
let peak = before.rss;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
let ended = 0;
const began = performance.now();
await Promise.all(
  Array.from({ length: count }, async (_, index) => {
    await probe(ports[index % ports.length] ?? 0);
    ended += 1;
  }),
);
const wallMs = performance.now() - began;
clearInterval(watch);
await sleep(500);
const result: InFlightResult = {
  ended,
  rssKB: (peak - before.rss) / 1024 / count,
  descriptorsLeft: descriptors() - before.descriptors,
  wallMs,
};
console.log(JSON.stringify(result));
