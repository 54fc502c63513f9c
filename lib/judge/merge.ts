/** The end takes the place of what waits before it: one message instead of two, for each recipient the one it lacks. Pure. */

import type { Cause, CircleProgress, Merged, OutboxEntry } from "../model/incident.ts";

export interface Collapsed {
  readonly cause: Cause;
  /** What left the outbox: some may have it, and the others are told of it by the end. */
  readonly replaced: readonly OutboxEntry[];
  /** Left it too, and nobody hears of them: a renewal is news only to who was told that one is needed. */
  readonly untold: readonly OutboxEntry[];
}

/** `now` in epoch ms: an end that isn't due yet takes nothing's place. */
export function collapsed(cause: Cause, now: number): Collapsed {
  const { outbox } = cause;
  const ends = outbox.filter((entry) => isEnd(entry) && entry.notBefore <= now);
  const endOf = (entry: OutboxEntry) => ends.find(({ alert }) => alert.incident === entry.alert.incident);
  const replaced = outbox.filter((entry) => !isEnd(entry) && endOf(entry) !== undefined);
  if (replaced.length === 0) return { cause, replaced, untold: [] };
  const isUnheard = (entry: OutboxEntry) => isRenewal(entry) && isUntold(replaced, entry);
  const untold = outbox.filter((entry) => isUnheard(endOf(entry) ?? entry));
  const kept = outbox
    .filter((entry) => !replaced.includes(entry) && !untold.includes(entry))
    .map((entry): OutboxEntry => {
      const own = replaced.filter(({ alert }) => isEnd(entry) && alert.incident === entry.alert.incident);
      return own.length === 0
        ? entry
        : { ...entry, merges: [...entry.merges, ...own.filter(isFirstWord).map(mergedOf)] };
    });
  const told = replaced.filter((entry) => !untold.includes(entry));
  return { cause: { ...cause, outbox: kept }, replaced: told, untold };
}

/** The end of what a date announced. */
export function isRenewal({ alert }: OutboxEntry): boolean {
  return alert.class === "expiring" && isEnd({ alert });
}

/** From its first word on nobody heard of its incident. */
function isUntold(replaced: readonly OutboxEntry[], { alert: { incident } }: OutboxEntry): boolean {
  const own = replaced.filter(({ alert }) => alert.incident === incident);
  return own.some(({ alert }) => alert.id === `${incident}·1`) && own.every(isUntouched);
}

/** Whether `to`, which waits `after` ms for an acknowledgement, was told of nothing before this end; `key`: as a member of a circle. */
export function isUnaware({ merges }: OutboxEntry, to: string, after: number, key?: string): boolean {
  const meant = merges.filter(({ reach }) => isWithin(reach, after));
  return (
    meant.length > 0 &&
    meant.every(({ sentTo, circle }) => !sentTo.includes(to) && !(key !== undefined && hadTurn(circle, key)))
  );
}

/** The member of a circle has the message, or never will. */
function hadTurn(circle: CircleProgress | undefined, key: string): boolean {
  return circle !== undefined && (circle.isLast || key <= circle.upTo) && !circle.late.includes(key);
}

/** Nobody has it. */
export function isUntouched({ sentTo, circle }: Pick<OutboxEntry, "sentTo" | "circle">): boolean {
  return sentTo.length === 0 && (circle === undefined || circle.isUnheard === true);
}

export function isWithin({ over, upTo }: Merged["reach"], after: number): boolean {
  return over < after && after <= upTo;
}

/** It tells somebody of the incident for the first time. */
function isFirstWord({ alert }: OutboxEntry): boolean {
  return alert.id === `${alert.incident}·1` || alert.kind === "escalated";
}

export function isEnd({ alert: { kind } }: Pick<OutboxEntry, "alert">): boolean {
  return kind === "recovered" || kind === "gone";
}

function mergedOf({ reach, sentTo, circle }: OutboxEntry): Merged {
  return { reach, sentTo, ...(circle && { circle }) };
}
