/** What a cause's outbox looks like after each thing that can happen to a message. Pure; `delivery/` does the sending. */

import type { Cause, CircleProgress, Escalation, OutboxEntry } from "../model/incident.ts";

/** The alert log counts as one more recipient, the last one. */
export const logName = "alert-log";

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

export function isOwing({ outbox }: Cause, now: number): boolean {
  return outbox.some((entry) => isDue(entry, now));
}

/** In a sender's hands from now on; so it is renewed while that one lives. */
export function leased(cause: Cause, now: number): Cause {
  const [head, ...rest] = cause.outbox;
  return head === undefined ? cause : { ...cause, outbox: [{ ...head, leasedUntil: now + leaseMs }, ...rest] };
}

/** In nobody's hands: its sender is known to be dead. Null where nobody had it. */
export function abandoned(cause: Cause): Cause | null {
  if (cause.outbox.every(({ leasedUntil }) => leasedUntil === 0)) return null;
  return { ...cause, outbox: cause.outbox.map((entry) => ({ ...entry, leasedUntil: 0 })) };
}

/** One recipient has the message, or never will; the lease is renewed. */
export function settled(cause: Cause, id: string, recipient: string, end: "sentTo" | "dead", now: number): Cause {
  return leased(
    changed(cause, id, (entry) =>
      entry[end].includes(recipient) ? entry : { ...entry, [end]: [...entry[end], recipient] },
    ),
    now,
  );
}

/** One round of a circle is over; those that it reached need not be remembered by name. */
export function circled(cause: Cause, id: string, circle: CircleProgress, reached: ReadonlySet<string>): Cause {
  const isOther = (name: string) => !reached.has(name);
  return changed(cause, id, (entry) => ({
    ...entry,
    circle,
    sentTo: entry.sentTo.filter(isOther),
    dead: entry.dead.filter(isOther),
  }));
}

/** The recipient refused a digest with it in it. */
export function setApart(cause: Cause, id: string, recipient: string): Cause {
  return changed(cause, id, (entry) => ({ ...entry, alone: [...new Set([...entry.alone, recipient])] }));
}

/** What became of the messages of one cause in a sender's hands, by their ids. */
export interface Outcome {
  /** Everybody has it who ever will. */
  readonly done: ReadonlySet<string>;
  /** Somebody couldn't be reached now. */
  readonly again: ReadonlySet<string>;
  /** Somebody has enough to read for now: until when, epoch ms. */
  readonly paced: ReadonlyMap<string, number>;
  /** Goes on among the contacts of those who share it, in this very pass: what bore it out still does. */
  readonly goesOn: ReadonlySet<string>;
}

/** Lets the outbox go: what is done leaves it, the rest waits for its next try. */
export function released(cause: Cause, { done, again, paced, goesOn }: Outcome, now: number): Cause {
  const outbox = cause.outbox
    .filter(({ alert }) => !done.has(alert.id))
    .map((entry): OutboxEntry => {
      const until = paced.get(entry.alert.id);
      const isTriedAgain = again.has(entry.alert.id);
      const free = isTriedAgain ? postponed(entry, now) : { ...entry, leasedUntil: 0 };
      if (until === undefined) return free;
      // Who can't be reached holds up nobody who only has to wait for a moment.
      const first = isTriedAgain ? Math.min(until, free.notBefore) : until;
      const asked = goesOn.has(entry.alert.id) ? free.asked : null;
      return { ...free, asked, notBefore: Math.max(now, first) };
    });
  return { ...cause, outbox };
}

/**
 * Somebody was told of it, or would have been: from now on second contacts wait for an acknowledgement, each so many ms.
 * Those of others, who were told sooner, wait already: customers' while a parent told the operators, or the other way round.
 */
export function armed(cause: Cause, waits: readonly number[], now: number): Cause {
  const { incident } = cause;
  if (incident === null || incident.endedAt !== null) return cause;
  if (incident.acknowledged !== null || incident.quiet) return cause;
  const waiting = incident.escalations ?? [];
  const isNew = (after: number) => after > incident.escalated && !waiting.some((each) => each.after === after);
  const added = [...new Set(waits)].filter(isNew).map((after): Escalation => ({ at: now + after, after }));
  if (added.length === 0) return cause;
  const escalations = [...waiting, ...added].sort((a, b) => a.at - b.at);
  const [first] = escalations;
  if (first === undefined) return cause;
  const due = cause.state === "open" ? Math.min(cause.due ?? first.at, first.at) : cause.due;
  return { ...cause, due, incident: { ...incident, escalations } };
}

function postponed(entry: OutboxEntry, now: number): OutboxEntry {
  const wait = Math.min(firstRetryMs * 2 ** entry.attempts, longestRetryMs);
  return { ...entry, attempts: entry.attempts + 1, asked: null, notBefore: now + wait, leasedUntil: 0 };
}

function changed(cause: Cause, id: string, change: (entry: OutboxEntry) => OutboxEntry): Cause {
  return { ...cause, outbox: cause.outbox.map((entry) => (entry.alert.id === id ? change(entry) : entry)) };
}
