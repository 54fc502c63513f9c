/** The end takes the place of what waits before it: one message instead of two, for each recipient the one it lacks. Pure. */

import type { Cause, Merged, OutboxEntry } from "../model/incident.ts";

export interface Collapsed {
  readonly cause: Cause;
  /** What left the outbox: some may have it, and the others are told of it by the end. */
  readonly replaced: readonly OutboxEntry[];
}

/** `now` in epoch ms: an end that isn't due yet takes nothing's place. */
export function collapsed(cause: Cause, now: number): Collapsed {
  const { outbox } = cause;
  const ends = outbox.filter((entry) => isEnd(entry) && entry.notBefore <= now);
  const endOf = (entry: OutboxEntry) => ends.find(({ alert }) => alert.incident === entry.alert.incident);
  const replaced = outbox.filter((entry) => !isEnd(entry) && endOf(entry) !== undefined);
  if (replaced.length === 0) return { cause, replaced };
  const kept = outbox
    .filter((entry) => !replaced.includes(entry))
    .map((entry): OutboxEntry => {
      const own = replaced.filter(({ alert }) => isEnd(entry) && alert.incident === entry.alert.incident);
      return own.length === 0
        ? entry
        : { ...entry, merges: [...entry.merges, ...own.filter(isFirstWord).map(mergedOf)] };
    });
  return { cause: { ...cause, outbox: kept }, replaced };
}

/** Whether `to`, which waits `after` ms for an acknowledgement, was told of nothing before this end. */
export function isUnaware({ merges }: OutboxEntry, to: string, after: number): boolean {
  const meant = merges.filter(({ reach }) => isWithin(reach, after));
  return meant.length > 0 && meant.every(({ sentTo }) => !sentTo.includes(to));
}

export function isWithin({ over, upTo }: Merged["reach"], after: number): boolean {
  return over < after && after <= upTo;
}

/** It tells somebody of the incident for the first time. */
function isFirstWord({ alert }: OutboxEntry): boolean {
  return alert.id === `${alert.incident}·1` || alert.kind === "escalated";
}

function isEnd({ alert: { kind } }: OutboxEntry): boolean {
  return kind === "recovered" || kind === "gone";
}

function mergedOf({ reach, sentTo }: OutboxEntry): Merged {
  return { reach, sentTo };
}
