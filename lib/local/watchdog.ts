/** What is wrong with this very process, from what its steps did. No I/O: `watch.ts` listens, and tells. */

import type { CycleNumber } from "../model/jobs.ts";
import type { Clock } from "../model/ports.ts";
import type { Steps } from "./engine.ts";

export type StepName = keyof Steps;

export type Trouble =
  /** The store can't be read. */
  | { readonly kind: "store"; readonly since: number; readonly why: string }
  /** A step began and doesn't end. */
  | { readonly kind: "hangs"; readonly since: number; readonly step: StepName }
  /** A step fails each time. */
  | { readonly kind: "fails"; readonly since: number; readonly step: StepName; readonly why: string }
  /** Two cycles at least were not begun. */
  | { readonly kind: "no-cycle"; readonly since: number }
  /** Of the planned looks of a cycle too few were made and judged. */
  | { readonly kind: "uncovered"; readonly since: number; readonly looked: number; readonly planned: number }
  /** A message should have left long ago. */
  | { readonly kind: "owed"; readonly since: number };

export interface Watchdog {
  /** Answers what has to be called at its end, with what it failed with. */
  began(step: StepName): (failure: unknown) => void;
  planned(cycle: CycleNumber, targets: number): void;
  looked(cycle: CycleNumber, targets: number): void;
  /** How long the oldest message has been owed, ms; or why the store could not say. */
  asked(answer: { readonly owedMs: number } | { readonly why: string }): void;
  /** All that holds now. */
  troubles(): readonly Trouble[];
  /** Cycles that came to their end since the last time of asking, with enough of their looks made. */
  completed(): number;
}

const minute = 60_000;
const hangMs: Readonly<Record<StepName, number>> = {
  // A large fleet's first names, and slow greeters, take their time.
  resolve: 30 * minute,
  probe: 30 * minute,
  scan: 30 * minute,
  plan: 5 * minute,
  judge: 5 * minute,
  tick: 5 * minute,
  notify: 5 * minute,
};
const failuresInRow = 3;
const failingMs = minute;
const storeFailuresInRow = 2;
const missedCycles = 2;
const graceMs = 30_000;
/** Until the first cycle began, the first look-ups may take as long as they may. */
const firstCycleMs = hangMs.resolve;
const leastCovered = 0.9;
/** Looks of a cycle that come later than this after it are none of it. */
const lateMs = minute;
const longestOwedMs = 2 * minute;

interface Cycle {
  readonly at: number;
  readonly planned: number;
  readonly looked: number;
}

interface Failing {
  readonly since: number;
  readonly times: number;
  readonly why: string;
}

export function createWatchdog(now: Clock, everyMs: number): Watchdog {
  const running = new Set<{ readonly step: StepName; readonly since: number }>();
  const failing = new Map<StepName, Failing>();
  const cycles = new Map<CycleNumber, Cycle>();
  const startedAt = now();
  let lastPlan: number | null = null;
  let uncovered: Extract<Trouble, { kind: "uncovered" }> | null = null;
  let store: Failing | null = null;
  let owedSince: number | null = null;
  let complete = 0;

  function failed(before: Failing | null | undefined, failure: unknown): Failing {
    const why = failure instanceof Error ? failure.message : String(failure);
    return { since: before?.since ?? now(), times: (before?.times ?? 0) + 1, why };
  }

  function close(number: CycleNumber, { at, planned, looked }: Cycle): void {
    cycles.delete(number);
    if (looked >= leastCovered * planned) {
      complete += 1;
      uncovered = null;
    } else uncovered = { kind: "uncovered", since: at, looked, planned };
  }

  function closeLate(): void {
    for (const [number, cycle] of cycles) if (now() - cycle.at > everyMs + lateMs) close(number, cycle);
  }

  return {
    began(step) {
      const one = { step, since: now() };
      running.add(one);
      return (failure) => {
        running.delete(one);
        if (failure === null) failing.delete(step);
        else failing.set(step, failed(failing.get(step), failure));
      };
    },
    planned(number, targets) {
      lastPlan = now();
      // Another process planned it before, or nobody is watched: nothing of it can be complete.
      if (targets > 0) cycles.set(number, { at: now(), planned: targets, looked: 0 });
    },
    looked(number, targets) {
      const cycle = cycles.get(number);
      if (cycle === undefined) return;
      const next = { ...cycle, looked: cycle.looked + targets };
      cycles.set(number, next);
      if (next.looked >= next.planned) close(number, next);
    },
    asked(answer) {
      if ("why" in answer) store = failed(store, answer.why);
      else {
        store = null;
        owedSince = answer.owedMs > longestOwedMs ? now() - answer.owedMs : null;
      }
    },
    troubles() {
      closeLate();
      const at = now();
      const found: Trouble[] = [];
      if (store !== null && store.times >= storeFailuresInRow)
        found.push({ kind: "store", since: store.since, why: store.why });
      const hung = Map.groupBy(
        [...running].filter(({ step, since }) => at - since > hangMs[step]),
        ({ step }) => step,
      );
      for (const [step, all] of hung)
        found.push({ kind: "hangs", step, since: Math.min(...all.map(({ since }) => since)) });
      for (const [step, { since, times, why }] of failing)
        if (times >= failuresInRow && at - since >= failingMs) found.push({ kind: "fails", step, since, why });
      const patience = missedCycles * everyMs + graceMs;
      const isMissed = lastPlan === null ? at - startedAt > Math.max(patience, firstCycleMs) : at - lastPlan > patience;
      if (isMissed) found.push({ kind: "no-cycle", since: lastPlan ?? startedAt });
      if (uncovered !== null) found.push(uncovered);
      if (owedSince !== null) found.push({ kind: "owed", since: owedSince });
      return found;
    },
    completed() {
      closeLate();
      const done = complete;
      complete = 0;
      return done;
    },
  };
}

/** Tells one trouble from another while it lasts. */
export function troubleKey(trouble: Trouble): string {
  return "step" in trouble ? `${trouble.kind}:${trouble.step}` : trouble.kind;
}

/** Those that others don't explain: without a store every step fails, and a step that hangs begins no cycle. */
export function unexplained(troubles: readonly Trouble[]): readonly Trouble[] {
  const store = troubles.filter(({ kind }) => kind === "store");
  if (store.length > 0) return store;
  const stuck = troubles.filter(({ kind }) => kind === "hangs" || kind === "fails");
  if (stuck.length > 0) return stuck;
  return troubles.some(({ kind }) => kind === "no-cycle")
    ? troubles.filter(({ kind }) => kind !== "uncovered")
    : troubles;
}
