/** What a vantage saw while it was blind is nobody's: neither facts nor votes. */

import type { Cause } from "../../model/incident.ts";
import type { Gap, Sight } from "../../model/sight.ts";
import { parseTargetKey } from "../../model/target.ts";
import { isPrivate } from "./batch.ts";

const mostGaps = 6;

/** Those that are over, and the present one: of a vantage that is merely doubted nothing is taken back. */
export function gapsOf(sight: Sight | null): readonly Gap[] {
  if (sight === null) return [];
  const { state, troubleSince, by, gaps } = sight;
  if (state !== "blind" || troubleSince === null) return gaps;
  return [...gaps, { from: troubleSince, until: Number.POSITIVE_INFINITY, by }];
}

/** `vouched`: public canaries have no say over the target. */
export function isWithin(gaps: readonly Gap[], at: number, vouched: boolean): boolean {
  return gaps.some(({ from, until, by }) => from <= at && at < until && !(vouched && by === "canaries"));
}

/** With the gap that ended at `until` (epoch ms); older ones than the window of any cause are forgotten. */
export function withGap({ gaps, troubleSince, by }: Sight, until: number): readonly Gap[] {
  if (troubleSince === null || troubleSince >= until) return gaps;
  return [...gaps, { from: troubleSince, until, by }].slice(-mostGaps);
}

/** The very same cause where no vote of it lies in a gap of its vantage. */
export function withoutGaps(cause: Cause, gaps: ReadonlyMap<string, readonly Gap[]>): Cause {
  if (!cause.votes.some(({ vantage }) => (gaps.get(vantage) ?? []).length > 0)) return cause;
  const own = isOwn(cause);
  const votes = cause.votes.filter(({ vantage, at }) => !isWithin(gaps.get(vantage) ?? [], at, own));
  return votes.length === cause.votes.length ? cause : { ...cause, votes };
}

/** A private address is looked at only where the operator vouches for it. */
export function isOwn({ subject }: Pick<Cause, "subject">): boolean {
  const target = parseTargetKey(subject);
  return target !== undefined && isPrivate(target);
}
