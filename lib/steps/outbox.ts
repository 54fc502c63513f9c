/** What a cause's outbox looks like after each thing that can happen to a message. Pure; `notify.ts` does the sending. */

import type { Cause, OutboxEntry } from "../model/incident.ts";

/** A sender that died holds a message up no longer than this; each step of a living one renews it. */
const leaseMs = 90_000;
const firstRetryMs = 15_000;
const longestRetryMs = 900_000;
/** Older messages are given up: who still can't be reached then is told nothing new by them. */
export const giveUpMs = 3 * 86_400_000;

export function isLeased({ outbox }: Cause, now: number): boolean {
  return outbox.some(({ leasedUntil }) => leasedUntil > now);
}

export function isDue({ notBefore }: OutboxEntry, now: number): boolean {
  return notBefore <= now;
}

/**
 * Takes the outbox in hand, or answers null when there is nothing to do or somebody else has it. An opening that
 * nobody was told of before its end came to be owed is left out: the end tells of both.
 */
export function leased(cause: Cause, now: number): Cause | null {
  if (isLeased(cause, now) || !cause.outbox.some((entry) => isDue(entry, now))) return null;
  const [head, ...rest] = merged(cause.outbox);
  if (head === undefined) return null;
  return { ...cause, outbox: [{ ...head, leasedUntil: now + leaseMs }, ...rest] };
}

function merged(outbox: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const end = outbox.findIndex(({ alert }) => alert.kind === "recovered" || alert.kind === "gone");
  if (end <= 0) return outbox;
  const untold = outbox.slice(0, end).every(({ sentTo }) => sentTo.length === 0);
  return untold ? merged(outbox.slice(end)) : outbox;
}

/** One recipient has the message, or never will; the lease is renewed. */
export function settled(cause: Cause, id: string, recipient: string, end: "sentTo" | "dead", now: number): Cause {
  return renewed(
    changed(cause, id, (entry) =>
      entry[end].includes(recipient) ? entry : { ...entry, [end]: [...entry[end], recipient] },
    ),
    now,
  );
}

/** Whoever sends still lives. */
export function renewed(cause: Cause, now: number): Cause {
  const [head, ...rest] = cause.outbox;
  return head === undefined ? cause : { ...cause, outbox: [{ ...head, leasedUntil: now + leaseMs }, ...rest] };
}

/** Lets the outbox go: `done` messages leave it, `again` ones wait for their next try. */
export function released(cause: Cause, done: ReadonlySet<string>, again: ReadonlySet<string>, now: number): Cause {
  const outbox = cause.outbox
    .filter(({ alert }) => !done.has(alert.id))
    .map((entry) => ({ ...(again.has(entry.alert.id) ? postponed(entry, now) : entry), leasedUntil: 0 }));
  return { ...cause, outbox };
}

function postponed(entry: OutboxEntry, now: number): OutboxEntry {
  const wait = Math.min(firstRetryMs * 2 ** entry.attempts, longestRetryMs);
  return { ...entry, attempts: entry.attempts + 1, notBefore: now + wait };
}

function changed(cause: Cause, id: string, change: (entry: OutboxEntry) => OutboxEntry): Cause {
  return { ...cause, outbox: cause.outbox.map((entry) => (entry.alert.id === id ? change(entry) : entry)) };
}
