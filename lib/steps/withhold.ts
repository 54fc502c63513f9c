/** What a silence or a maintenance window makes of an outbox. Pure; `notify.ts` asks before it sends. */

import { isUntouched } from "../judge/merge.ts";
import type { Cover } from "../model/cover.ts";
import type { Cause, OutboxEntry } from "../model/incident.ts";
import { isDue } from "./outbox.ts";

/** Held messages are looked at again at least this often, so that a cover that is lifted early lets them go. */
const longestHoldMs = 3_600_000;
/** A held opening waits for an incident that is recovering: who was not told of the loss need not be told of its end. */
const recoveringHoldMs = 60_000;

export interface Withheld {
  readonly cause: Cause;
  /** Messages that are held for the first time by this cover. */
  readonly held: readonly OutboxEntry[];
  /** Messages that left the outbox, and nobody has. */
  readonly untold: readonly OutboxEntry[];
}

/**
 * The outbox under `cover`, or after it where that is null: what is due is held until its end; an incident that was
 * held from its first message on and is over is told to nobody; of held reminders the last is enough. Null where
 * nothing changes.
 */
export function withheld(cause: Cause, cover: Cover | null, now: number): Withheld | null {
  if (
    cover === null &&
    !cause.outbox.some((entry) => wasHeld(entry) && (isDue(entry, now) || isOver(cause.outbox, entry)))
  )
    return null;
  const marked = cover === null ? cause.outbox : cause.outbox.map((entry) => heldBy(cover, entry, now));
  const kept = marked.filter((entry, at) => !isOver(marked, entry) && !isSpareReminder(marked, entry, at));
  const outbox = cover === null ? kept.map((entry) => uncovered(cause, kept, entry, now)) : kept;
  if (outbox.length === cause.outbox.length && outbox.every((entry, at) => entry === cause.outbox[at])) return null;
  const before = new Map(cause.outbox.map(({ alert }) => [alert.id, alert.held]));
  return {
    cause: { ...cause, outbox },
    held: kept.filter(({ alert }) => alert.held !== null && isOther(alert.held, before.get(alert.id) ?? null)),
    untold: marked.filter((entry) => !kept.includes(entry)),
  };
}

function heldBy(cover: Cover, entry: OutboxEntry, now: number): OutboxEntry {
  if (!isDue(entry, now)) return entry;
  const notBefore = Math.min(cover.until, now + longestHoldMs);
  return { ...entry, alert: { ...entry.alert, held: cover }, notBefore };
}

function uncovered(cause: Cause, kept: readonly OutboxEntry[], entry: OutboxEntry, now: number): OutboxEntry {
  if (isRecovering(cause, kept, entry)) return later(entry, now);
  return isFirst(entry) && wasHeld(entry) && isDue(entry, now) && !entry.letGo ? { ...entry, letGo: true } : entry;
}

function isFirst({ alert }: OutboxEntry): boolean {
  return alert.id === `${alert.incident}·1`;
}

function wasHeld({ alert }: OutboxEntry): boolean {
  return alert.held !== null;
}

function later(entry: OutboxEntry, now: number): OutboxEntry {
  return { ...entry, notBefore: Math.max(entry.notBefore, now + recoveringHoldMs) };
}

/** Its incident was held before anybody heard of it, and its end came to be owed meanwhile. */
function isOver(outbox: readonly OutboxEntry[], { alert }: OutboxEntry): boolean {
  const story = outbox.filter((entry) => entry.alert.incident === alert.incident);
  return startsHeld(story) && story.some(({ alert: { kind } }) => kind === "recovered" || kind === "gone");
}

function startsHeld(story: readonly OutboxEntry[]): boolean {
  const [first] = story;
  if (first === undefined || first.alert.held === null || first.letGo) return false;
  return isFirst(first) && story.every(isUntouched);
}

function isSpareReminder(outbox: readonly OutboxEntry[], entry: OutboxEntry, at: number): boolean {
  const { alert } = entry;
  if (alert.kind !== "reminder" || alert.held === null || !isUntouched(entry)) return false;
  return outbox.some(
    (other, place) =>
      other.alert.incident === alert.incident && (place > at || (place < at && other.alert.kind !== "reminder")),
  );
}

function isRecovering(cause: Cause, outbox: readonly OutboxEntry[], { alert }: OutboxEntry): boolean {
  if (cause.state !== "recovering" || cause.incident?.id !== alert.incident) return false;
  return startsHeld(outbox.filter((entry) => entry.alert.incident === alert.incident));
}

function isOther(held: Cover, before: Cover | null): boolean {
  return before === null || before.id !== held.id || before.until !== held.until;
}
