/** Which targets of a slice are asked how much in one cycle. What was answered so far is read of those alone. */

import type { DelayedScan, ScanDepth, ScanProgress, ScanSettings, ScanTask } from "../model/deep-scan.ts";
import type { CycleNumber } from "../model/jobs.ts";
import { blankMemory, type RosterEntry, type Slice, type SlotMemory } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { Store, Versioned } from "../store/store.ts";
import { mayBegin, rhythmOf, turnAt } from "./scan-turns.ts";

export interface ScanPlan {
  readonly cycle: CycleNumber;
  readonly everyMs: number;
  readonly settings: ScanSettings;
  /** How long one job may last beside the light probes, ms. */
  readonly holdMs: number;
  /** Epoch ms. */
  readonly now: number;
  /** When the slice's light probes begin, ms from now. */
  readonly lightDelayMs: number;
}

interface Candidate {
  readonly slot: number;
  readonly entry: RosterEntry;
  readonly memory: SlotMemory;
  readonly depth: Exclude<ScanDepth, "none">;
  /** Which answer is asked for again, where all are known; null: it goes on where its trail ends. */
  readonly again: number | null;
  readonly most: number;
}

/** SQS takes 256 kB a message and 900 s of delay. */
const mostJobBytes = 180_000;
const longestDelayMs = 900_000;
const mostTasks = 100;
/** The probe is ended after five minutes. */
const longestTurnMs = 200_000;
/** Connections that looking for one flaw takes (ROBOT). */
const mostOfFlaw = 6;

export async function planScans(
  { state }: Pick<Store, "state">,
  slice: Slice,
  memory: readonly SlotMemory[],
  plan: ScanPlan,
): Promise<readonly DelayedScan[]> {
  const { cycle, everyMs, settings, holdMs, now, lightDelayMs } = plan;
  const candidates = candidatesIn(slice, memory, plan);
  if (candidates.length === 0) return [];
  const known = await state.scansInProgress(candidates.map(({ entry }) => targetKey(entry.target)));
  // Between two light probes, so that no host sees both at once.
  const delayMs = Math.min(Math.floor(lightDelayMs + everyMs / 2), longestDelayMs);
  const { gapMs, stride, most } = rhythmOf(settings.pace, everyMs, holdMs);
  // As late as leaves a gap before the next turn; a clock's jitter is allowed for.
  const slackMs = Math.max(stride * everyMs - gapMs, everyMs / 10);
  const lastsMs = Math.min(most > 1 ? everyMs / 2 : slackMs, longestTurnMs);
  const notAfter = now + delayMs + Math.ceil(lastsMs);
  const hasTime = gapMs * mostOfFlaw <= lastsMs;
  const tasks = candidates.flatMap((one) => taskOf(slice, one, known.get(targetKey(one.entry.target)), hasTime));
  return split(tasks).map((some) => ({
    job: { v: 4, cycle, vantage: slice.vantage, notAfter, gapMs, tasks: some },
    delayMs,
  }));
}

function candidatesIn(slice: Slice, memory: readonly SlotMemory[], plan: ScanPlan): readonly Candidate[] {
  const { cycle, everyMs, settings, holdMs, now } = plan;
  const scanEveryMs = settings.everyMs;
  if (scanEveryMs === null) return [];
  const rhythm = rhythmOf(settings.pace, everyMs, holdMs);
  return slice.entries.flatMap((entry, slot): readonly Candidate[] => {
    const remembered = memory[slot] ?? blankMemory;
    if (entry === null || !isScanned(entry, slice) || remembered.mark !== "tls") return [];
    const { scan } = remembered;
    const depth = entry.scan === "full" ? "full" : "grade";
    // Who found us too much once is asked one question a turn, until a scan comes to its end.
    const isTender = depth === "full" || (scan !== undefined && scan.notBefore > 0);
    const own = isTender ? { ...rhythm, most: 1 } : rhythm;
    const turn = turnAt(targetKey(entry.target), cycle, depth, own, { everyMs, scanEveryMs });
    if (turn === null || (scan !== undefined && scan.notBefore > now)) return [];
    const candidate = { slot, entry, memory: remembered, depth, most: own.most } as const;
    if (scan === undefined) {
      return mayBegin(slot, slice.entries.length, entry.since, cycle) ? [{ ...candidate, again: null }] : [];
    }
    if (scan.running) return [{ ...candidate, again: null }];
    return turn.again === null ? [] : [{ ...candidate, again: turn.again }];
  });
}

/** Somebody's, in use, and from one vantage alone: that of the first slice. Canaries are others' servers. */
function isScanned({ canary, leaving, scan, needs, beside }: RosterEntry, { number }: Slice): boolean {
  if (canary || leaving !== undefined || scan === "none" || needs.length === 0) return false;
  return beside.every(({ slice }) => number < slice);
}

function taskOf(
  { number }: Slice,
  { slot, entry, memory, depth, again, most }: Candidate,
  known: Versioned<ScanProgress> | undefined,
  hasTime: boolean,
): readonly ScanTask[] {
  const isOf = known !== undefined && known.value.depth === depth && known.value.beside === memory.scan?.beside;
  // What was answered before the server changed is asked anew.
  const trail = isOf || (known !== undefined && memory.scan === undefined) ? known.value.trail : [];
  if (again !== null && trail.length > 0 && again >= trail.length) return [];
  return [
    {
      slice: number,
      slot,
      target: entry.target,
      name: entry.names[0]?.name ?? null,
      allowPrivate: entry.allowPrivate,
      depth,
      flaws: hasTime ? (entry.intrusive ? "intrusive" : "usual") : "none",
      beside: memory.scan?.beside ?? "",
      version: known?.version ?? 0,
      trail,
      again: trail.length === 0 ? null : again,
      most,
    },
  ];
}

function split(tasks: readonly ScanTask[]): readonly (readonly ScanTask[])[] {
  const parts: ScanTask[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const task of tasks) {
    const size = Buffer.byteLength(JSON.stringify(task)) + 1;
    if (bytes + size > mostJobBytes || (parts.at(-1)?.length ?? 0) >= mostTasks) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(task);
    bytes += size;
  }
  return parts;
}
