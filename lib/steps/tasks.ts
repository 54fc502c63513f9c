/** Which connections one cycle makes, decided without asking or writing anything: the same cycle always gives the same tasks. */

import type { CycleNumber, ProbeJob, ProbeTask } from "../model/jobs.ts";
import { blankMemory, type RosterEntry, type RosterName, type Slice, type SlotMemory } from "../model/roster.ts";
import { spread } from "../model/spread.ts";
import { type TargetKey, targetKey } from "../model/target.ts";

/** A job and how long it has to wait; the queue keeps it until then. */
export interface DelayedJob {
  readonly job: ProbeJob;
  /** At most 720,000: SQS takes 900 s. */
  readonly delayMs: number;
}

const dayMs = 86_400_000;

/**
 * The light probe of every target of a slice and, where one is due, one identity look beside it:
 * never more than two connections per target and cycle, however many names it has.
 */
export function tasksOf(
  slice: Slice,
  memory: readonly SlotMemory[],
  cycle: CycleNumber,
  everyMs: number,
): readonly ProbeTask[] {
  return slice.entries.flatMap((entry, slot): readonly ProbeTask[] => {
    if (entry === null) return [];
    const known = (memory[slot] ?? blankMemory).fingerprint;
    const light = lightTask(entry, slot, known);
    const name = identityNameAt(entry, cycle, everyMs);
    return name === null ? [light] : [light, { ...light, name, identity: true, known: "" }];
  });
}

/**
 * The further name that is looked at in this cycle, or null.
 *
 * New names queue up, one a cycle, in the order they came to the roster; when nobody queues, all names take turns,
 * each once a day (or once per as many cycles as there are names, where a day has fewer).
 */
export function identityNameAt(entry: RosterEntry, cycle: CycleNumber, everyMs: number): string | null {
  const names = entry.names.slice(1);
  if (names.length === 0) return null;
  return firstSightAt(names, cycle) ?? turnAt(names, targetKey(entry.target), cycle, everyMs);
}

function firstSightAt(names: readonly RosterName[], cycle: CycleNumber): string | null {
  let free = 0;
  for (const { name, since } of [...names].sort((a, b) => a.since - b.since)) {
    const at = Math.max(free, since + 1);
    if (at === cycle) return name;
    free = at + 1;
  }
  return null;
}

function turnAt(names: readonly RosterName[], key: TargetKey, cycle: CycleNumber, everyMs: number): string | null {
  const period = Math.max(Math.ceil(dayMs / everyMs), names.length);
  // Targets with many names don't all have their turn in the same cycle.
  const position = (cycle + spread(key)) % period;
  const index = Math.ceil((position * names.length) / period);
  const itsTurn = index < names.length && Math.floor((index * period) / names.length) === position;
  return itsTurn ? (names[index]?.name ?? null) : null;
}

/** A target that answered badly and is looked at again. */
export interface Doubt {
  readonly slice: number;
  readonly slot: number;
  readonly entry: RosterEntry;
  readonly cycle: CycleNumber;
  /** Which of the confirmation looks: 1, 2, 3 … */
  readonly rounds: readonly number[];
  readonly known: string;
}

/** A confirmation that could not be made within this long after its time is no longer one. */
const patienceMs = 60_000;

/** Looks for the doubtful, one job for each slice, cycle and round, `delays[round - 1]` ms from `now` (epoch ms). */
export function confirmJobs(doubts: readonly Doubt[], delays: readonly number[], now: number): readonly DelayedJob[] {
  const looks = doubts.flatMap((doubt) => doubt.rounds.map((round) => ({ ...doubt, round })));
  const groups = Map.groupBy(looks, ({ slice, cycle, round }) => `${slice} ${cycle} ${round}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { slice, cycle, round, entry } = first;
    const delayMs = delays[round - 1] ?? 0;
    const tasks = group.map((look) => lightTask(look.entry, look.slot, look.known));
    const notAfter = now + delayMs + patienceMs;
    return [{ job: { v: 1, cycle, slice, vantage: entry.vantage, round, notAfter, tasks }, delayMs }];
  });
}

function lightTask(entry: RosterEntry, slot: number, known: string): ProbeTask {
  const name = entry.names[0]?.name ?? null;
  return { slot, target: entry.target, name, identity: false, allowPrivate: entry.allowPrivate, known };
}
