/** Every interval: which slices are looked at, and when within the interval. */

import type { DelayedScan } from "../model/deep-scan.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { Clock } from "../model/ports.ts";
import type { Slice } from "../model/roster.ts";
import type { Store } from "../store/store.ts";
import { planScans, type ScanPlan } from "./plan-scans.ts";
import { scanSettingsOf } from "./scan-settings.ts";
import { type DelayedJob, tasksOf } from "./tasks.ts";

export type { DelayedJob } from "./tasks.ts";

export interface PlanWorld {
  readonly store: Store;
  readonly now: Clock;
  /** How long one job of scans may last, ms; at most half an interval. */
  readonly holdMs?: number;
}

export interface PlanReport {
  /** False: somebody else plans this cycle, or did. */
  readonly claimed: boolean;
  readonly jobs: readonly DelayedJob[];
  readonly scans: readonly DelayedScan[];
}

/** Slices share the first four fifths of an interval, and of a quarter of an hour at most. */
const longestSpreadMs = 900_000;
const shareOfInterval = 0.8;
const readsAtOnce = 16;
/** What scans wait for would keep a function from the light probes. */
const usualHoldMs = 20_000;

/** One job per slice that has targets, and those of its scans. Claims the cycle by one conditional write: planned twice, it is probed once. */
export async function plan(world: PlanWorld, cycle: CycleNumber, everyMs: number): Promise<PlanReport> {
  const { store, now, holdMs = usualHoldMs } = world;
  const at = now();
  if (!(await store.state.claimCycle(cycle, at, everyMs))) return { claimed: false, jobs: [], scans: [] };
  const slices = (await store.state.slices())
    .filter(({ entries }) => entries.some((entry) => entry !== null))
    .sort((a, b) => a.number - b.number);
  const settings = await scanSettingsOf(store);
  const spreadMs = Math.min(everyMs, longestSpreadMs) * shareOfInterval;
  const jobs: DelayedJob[] = [];
  const scans: DelayedScan[] = [];
  for (let from = 0; from < slices.length; from += readsAtOnce) {
    const some = slices.slice(from, from + readsAtOnce);
    const planned = some.map((slice, index) => {
      const lightDelayMs = Math.floor(((from + index) / slices.length) * spreadMs);
      return planSlice(store, slice, { cycle, everyMs, settings, holdMs, now: at, lightDelayMs });
    });
    for (const { light, deep } of await Promise.all(planned)) {
      jobs.push(light);
      scans.push(...deep);
    }
  }
  return { claimed: true, jobs, scans };
}

async function planSlice(
  store: Store,
  slice: Slice,
  scanPlan: ScanPlan,
): Promise<{ readonly light: DelayedJob; readonly deep: readonly DelayedScan[] }> {
  const { cycle, everyMs, now, lightDelayMs: delayMs } = scanPlan;
  const { value: memory } = await store.state.memory(slice.number);
  const tasks = tasksOf(slice, memory, cycle, everyMs);
  const notAfter = now + delayMs + everyMs;
  return {
    light: { job: { v: 1, cycle, slice: slice.number, vantage: slice.vantage, round: 0, notAfter, tasks }, delayMs },
    deep: await planScans(store, slice, memory, scanPlan),
  };
}
