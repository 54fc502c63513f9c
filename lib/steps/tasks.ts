/** Which connections one cycle makes, decided without asking or writing anything: the same cycle always gives the same tasks. */

import type { CycleNumber, ProbeJob, ProbeTask } from "../model/jobs.ts";
import { blankMemory, type RosterEntry, type RosterName, type Slice, type SlotMemory } from "../model/roster.ts";
import { spread } from "../model/spread.ts";
import { type TargetKey, targetKey } from "../model/target.ts";

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

export interface Confirmation {
  readonly slice: number;
  readonly slot: number;
  readonly entry: RosterEntry;
  readonly cycle: CycleNumber;
  /** 1, 2, 3 … */
  readonly round: number;
  readonly known: string;
  /** Epoch ms: later than this it isn't begun. */
  readonly notAfter: number;
}

/** One more look at a target that answered badly, some seconds after the first. */
export function confirmJob({ slice, slot, entry, cycle, round, known, notAfter }: Confirmation): ProbeJob {
  const tasks = [lightTask(entry, slot, known)];
  return { v: 1, cycle, slice, vantage: entry.vantage, round, notAfter, tasks };
}

function lightTask(entry: RosterEntry, slot: number, known: string): ProbeTask {
  const name = entry.names[0]?.name ?? null;
  return { slot, target: entry.target, name, identity: false, allowPrivate: entry.allowPrivate, known };
}
