/** Child of `scan.ts`: many whole scans at once, each with one connection at a time as the schedule has it, and what they need of memory. */

import type { ScanTask } from "../../lib/model/deep-scan.ts";
import { deepProbe } from "../../lib/steps/deep-probe.ts";
import { createLanes } from "../../lib/steps/lanes.ts";
import { createPacer } from "../../lib/steps/pacer.ts";
import { createDialler } from "../../lib/world/dialler.ts";
import { taskOfChild } from "./child.ts";

export interface ScansTask {
  readonly ports: readonly number[];
  readonly count: number;
}
export interface ScansResult {
  /** Scans that came to their end. */
  readonly whole: number;
  /** Peak over what the process needed before, MB. */
  readonly rssMB: number;
  readonly wallMs: number;
}

const { ports, count } = taskOfChild<ScansTask>();
const clock = { now: Date.now, monotonic: () => performance.now() };
const pacer = createPacer({ monotonic: clock.monotonic, sleep: async () => {} });
const world = {
  dial: createDialler({}),
  clock,
  lanes: createLanes(),
  pacer,
  ehloName: "bench.example",
  timeoutMs: 60_000,
};

/** Each server has an address of its own: of one address only one would be asked at a time. */
function taskAt(slot: number): ScanTask {
  const target = { address: `127.0.${1 + slot}.1`, port: ports[slot % ports.length] ?? 0, tls: "starttls" } as const;
  const nothingYet = { beside: "", version: 0, trail: [], again: null };
  return {
    slice: 0,
    slot,
    target,
    name: null,
    allowPrivate: true,
    depth: "full",
    flaws: "usual",
    most: 1_000,
    ...nothingYet,
  };
}

async function scans(slots: readonly number[]): Promise<number> {
  const notAfter = clock.now() + 180_000;
  const tasks = slots.map(taskAt);
  const results = await deepProbe({ v: 4, cycle: 1, vantage: "bench", notAfter, gapMs: 0, tasks }, world);
  const answers = results.flatMap((part) => part.answers);
  return answers.filter((answer) => answer.kind === "news" && answer.stopped === null).length;
}

await scans([count]);
globalThis.gc?.();
const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const began = performance.now();
const whole = await scans(Array.from({ length: count }, (_, slot) => slot));
const wallMs = performance.now() - began;
clearInterval(watch);
const result: ScansResult = { whole, rssMB: (peak - before) / 1_048_576, wallMs };
console.log(JSON.stringify(result));
