/** When a target's scan has its turn: decided by the cycle's number alone, so that a steady scan leaves nothing to write. */

import type { ScanDepth } from "../model/deep-scan.ts";
import type { CycleNumber } from "../model/jobs.ts";
import { gapOf, type Pace } from "../model/pace.ts";
import { spread } from "../model/spread.ts";

/** How the operator's pace goes with the interval. */
export interface ScanRhythm {
  /** Connections in one turn. */
  readonly most: number;
  /** A turn in each so many cycles. */
  readonly stride: number;
  /** Between two connections to one host, ms. */
  readonly gapMs: number;
}

/** @param holdMs how long one turn may last, where the interval has room for it. */
export function rhythmOf(pace: Pace, everyMs: number, holdMs: number): ScanRhythm {
  const gapMs = gapOf(pace);
  // Half an interval stays free, so that a turn that comes late is still a gap away from the next.
  const most = 1 + Math.floor(Math.min(holdMs, everyMs / 2) / gapMs);
  return { most: gapMs >= everyMs ? 1 : most, stride: Math.max(1, Math.ceil(gapMs / everyMs)), gapMs };
}

/** More answers, no scan has; of most it has fewer, and then there is nothing to ask in the later turns. */
const mostAnswers = { none: 0, grade: 60, full: 600 } as const;

export interface Turn {
  /** Which answer is asked for again first; null: all were, this time round. */
  readonly again: number | null;
}

/** Null where it isn't its turn. Each target begins at a moment of its own within `scanEveryMs`. */
export function turnAt(
  place: string,
  cycle: CycleNumber,
  depth: ScanDepth,
  { most, stride }: ScanRhythm,
  { everyMs, scanEveryMs }: { readonly everyMs: number; readonly scanEveryMs: number },
): Turn | null {
  const seed = spread(place);
  const moment = cycle + (seed % stride);
  if (moment % stride !== 0) return null;
  const turns = Math.ceil(mostAnswers[depth] / most);
  const period = Math.max(Math.ceil(scanEveryMs / (everyMs * stride)), turns);
  const turn = (moment / stride + Math.floor(seed / stride)) % period;
  return { again: turn < turns ? turn * most : null };
}

/** So many that were never scanned begin in one cycle, of each slice. */
const beginAtOnce = 4;

/** What is new is looked at for so many cycles before more is asked of it. */
const settledAfter = 6;

/** A fleet that is new, since cycle `since`, begins little by little. */
export function mayBegin(slot: number, slots: number, since: CycleNumber, cycle: CycleNumber): boolean {
  if (cycle < since + settledAfter) return false;
  const rounds = Math.max(1, Math.ceil(slots / beginAtOnce));
  return slot % rounds === cycle % rounds;
}
