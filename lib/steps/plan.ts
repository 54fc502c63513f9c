/** Every interval: which slices are looked at, and when within the interval. */

import type { CycleNumber } from "../model/jobs.ts";
import type { Clock } from "../model/ports.ts";
import type { Slice } from "../model/roster.ts";
import type { Store } from "../store/store.ts";
import { type DelayedJob, tasksOf } from "./tasks.ts";

export type { DelayedJob } from "./tasks.ts";

export interface PlanWorld {
  readonly store: Store;
  readonly now: Clock;
}

export interface PlanReport {
  /** False: somebody else plans this cycle, or did. */
  readonly claimed: boolean;
  readonly jobs: readonly DelayedJob[];
}

/** Slices share the first four fifths of an interval, and of a quarter of an hour at most. */
const longestSpreadMs = 900_000;
const shareOfInterval = 0.8;
const readsAtOnce = 16;

/** One job per slice that has targets. Claims the cycle by one conditional write: planned twice, it is probed once. */
export async function plan({ store, now }: PlanWorld, cycle: CycleNumber, everyMs: number): Promise<PlanReport> {
  const at = now();
  if (!(await store.state.claimCycle(cycle, at, everyMs))) return { claimed: false, jobs: [] };
  const slices = (await store.state.slices())
    .filter(({ entries }) => entries.some((entry) => entry !== null))
    .sort((a, b) => a.number - b.number);
  const spreadMs = Math.min(everyMs, longestSpreadMs) * shareOfInterval;
  const jobs: DelayedJob[] = [];
  for (let from = 0; from < slices.length; from += readsAtOnce) {
    const some = slices.slice(from, from + readsAtOnce);
    const planned = some.map((slice, index) => {
      const delayMs = Math.floor(((from + index) / slices.length) * spreadMs);
      return planSlice(store, slice, cycle, everyMs, at, delayMs);
    });
    jobs.push(...(await Promise.all(planned)));
  }
  return { claimed: true, jobs };
}

async function planSlice(
  store: Store,
  slice: Slice,
  cycle: CycleNumber,
  everyMs: number,
  at: number,
  delayMs: number,
): Promise<DelayedJob> {
  const { value: memory } = await store.state.memory(slice.number);
  const tasks = tasksOf(slice, memory, cycle, everyMs);
  const notAfter = at + delayMs + everyMs;
  return { job: { v: 1, cycle, slice: slice.number, vantage: slice.vantage, round: 0, notAfter, tasks }, delayMs };
}
