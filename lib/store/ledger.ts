/** The ledger table: what happened, cycle by cycle and change by change. Rights: judge; most of it expires. */

import type { Observation } from "../model/observation.ts";
import type { CycleMark } from "../model/roster.ts";
import { packObservation } from "./bound.ts";
import { dayMs, dayOf, dayStart, expiresAt, timeKey } from "./keys.ts";
import { countMarks, lookCounts, mergeMarks, packMarks, slotCounts, unpackMarks } from "./marks.ts";
import { unpack } from "./pack.ts";
import type { DayCounts, HistoryEvent, LedgerEntry, LedgerStore, ScanEvent, SightEvent } from "./store.ts";
import { absent, type Item, type Table } from "./table.ts";

/** How long what is kept. Roll-ups stay. */
const cyclesKept = 3 * dayMs;
const eventsKept = 90 * dayMs;

type CycleItem = Item & { cycle: number; everyMs: number; at: number; slots: number; marks: Uint8Array };
type DayItem = Item & { cycles: number; counts: Uint8Array };
type EventBody =
  | Extract<HistoryEvent, { kind: "dns" }>
  | SightEvent
  | ScanEvent
  | {
      readonly at: number;
      readonly kind: "facts" | "silence";
      readonly vantage: string;
      readonly observation: Uint8Array;
    };

/** `record` is the part that is kept for ever. */
export function ledgerStore(
  table: Table,
  record: Pick<LedgerStore, "putRecord" | "record" | "recordHead" | "alerts">,
  expire: LedgerStore["expire"],
): LedgerStore {
  const cyclesOf = (slice: number): string => `CYCLES#${slice}`;
  const daysOf = (slice: number): string => `DAYS#${slice}`;
  /** The last day up to which this process knows a slice to be rolled up. */
  const rolledUpTo = new Map<number, string>();

  /** The cycles of a slice that began from `from` on and before `to`, oldest first. */
  async function marksBetween(slice: number, from: number, to: number): Promise<readonly (readonly CycleMark[])[]> {
    const cycles = new Map<string, readonly CycleMark[]>();
    for await (const item of table.query<CycleItem>(cyclesOf(slice), { from: timeKey(from), to: timeKey(to) })) {
      const start = item.sk.slice(0, timeKey(0).length);
      cycles.set(start, mergeMarks(cycles.get(start) ?? [], unpackMarks(item.marks, item.slots)));
    }
    return [...cycles.values()];
  }

  async function storedDays(slice: number, from: string, to: string): Promise<ReadonlyMap<string, DayItem>> {
    const days = new Map<string, DayItem>();
    for await (const item of table.query<DayItem>(daysOf(slice), { from, to })) days.set(item.sk, item);
    return days;
  }

  return {
    async putLedger(slice, { cycle, everyMs, at, marks }, part) {
      const sk = `${timeKey(cycle * everyMs)}#${String(part).padStart(3, "0")}`;
      const entry = { cycle, everyMs, at, slots: marks.length, marks: packMarks(marks) };
      return await table.put({ pk: cyclesOf(slice), sk, ...entry, expiresAt: expiresAt(at + cyclesKept) }, absent);
    },

    async ledger(slice, limit) {
      const entries = new Map<string, LedgerEntry>();
      for await (const item of table.query<CycleItem>(cyclesOf(slice), { newestFirst: true, page: limit + 1 })) {
        const start = item.sk.slice(0, timeKey(0).length);
        const later = entries.get(start);
        if (!later && entries.size >= limit) break;
        const marks = unpackMarks(item.marks, item.slots);
        const { cycle, everyMs, at } = item;
        entries.set(start, later ? { ...later, marks: mergeMarks(marks, later.marks) } : { cycle, everyMs, at, marks });
      }
      return [...entries.values()];
    },

    async rollUp(slice, now, everyMs) {
      const today = dayStart(dayOf(now));
      const yesterday = dayOf(today - dayMs);
      if (rolledUpTo.get(slice) === yesterday) return;
      const finished = [3, 2, 1].map((ago) => dayOf(today - ago * dayMs));
      const done = await storedDays(slice, finished[0] ?? yesterday, yesterday);
      for (const day of finished.filter((day) => !done.has(day))) {
        const cycles = await marksBetween(slice, dayStart(day), dayStart(day) + dayMs);
        if (cycles.length === 0) continue;
        const counts = countMarks(cycles);
        await table.put({ pk: daysOf(slice), sk: day, cycles: Math.round(dayMs / everyMs), counts }, absent);
      }
      rolledUpTo.set(slice, yesterday);
    },

    async days(slice, slot, now, everyMs) {
      const today = dayOf(now);
      const stored = await storedDays(slice, "0", today);
      const days = new Map<string, DayCounts>();
      for (const [day, { counts, cycles }] of stored) days.set(day, { day, cycles, ...slotCounts(counts, slot) });
      for (const ago of [3, 2, 1, 0]) {
        const day = dayOf(now - ago * dayMs);
        if (days.has(day)) continue;
        const start = dayStart(day);
        const marks = await marksBetween(slice, start, start + dayMs);
        const cycles = cyclesBetween(start, Math.min(start + dayMs - 1, now), everyMs);
        if (marks.length > 0) days.set(day, { day, cycles, ...slotCounts(countMarks(marks), slot) });
      }
      return withGaps(days, today, now, everyMs);
    },

    async looks(slice, days) {
      const sorted = [...days].sort();
      const stored = await storedDays(slice, sorted[0] ?? "", sorted.at(-1) ?? "");
      const looks = new Map<string, readonly number[]>();
      for (const day of sorted) {
        const start = dayStart(day);
        const counts = stored.get(day)?.counts ?? countMarks(await marksBetween(slice, start, start + dayMs));
        looks.set(day, lookCounts(counts));
      }
      return looks;
    },

    async putEvent(subject, event) {
      const who = event.kind === "dns" ? event.subject : event.vantage;
      const key = { pk: `EVENTS#${subject}`, sk: `${timeKey(event.at)}#${event.kind}#${who}` };
      await table.put({ ...key, ...eventItem(event), expiresAt: expiresAt(event.at + eventsKept) });
    },
    async events(subject, limit) {
      const events: HistoryEvent[] = [];
      for await (const item of table.query<Item & EventBody>(`EVENTS#${subject}`, { newestFirst: true, limit })) {
        events.push(eventOf(item));
      }
      return events;
    },

    ...record,

    expire,
  };
}

/** How many cycles begin from `from` to `to`, both included. */
function cyclesBetween(from: number, to: number, everyMs: number): number {
  return Math.floor(to / everyMs) - Math.ceil(from / everyMs) + 1;
}

/** Oldest first, from the first day known to today; a day of which nothing is kept is our own gap. */
function withGaps(
  days: ReadonlyMap<string, DayCounts>,
  today: string,
  now: number,
  everyMs: number,
): readonly DayCounts[] {
  const first = [...days.keys()].sort()[0];
  if (first === undefined) return [];
  const all: DayCounts[] = [];
  for (let at = dayStart(first); dayOf(at) <= today; at += dayMs) {
    const cycles = cyclesBetween(at, Math.min(at + dayMs - 1, now), everyMs);
    all.push(days.get(dayOf(at)) ?? { day: dayOf(at), tls: 0, clear: 0, noAnswer: 0, cycles });
  }
  return all;
}

/** An observation may have to be cut to fit one item; all else is small. */
function eventItem(event: HistoryEvent): EventBody {
  return "observation" in event ? { ...event, observation: packObservation(event.observation) } : event;
}

function eventOf(item: Item & EventBody): HistoryEvent {
  const { at } = item;
  switch (item.kind) {
    case "dns": {
      const { kind, subject, came, went, note } = item;
      return { at, kind, subject, came, went, note };
    }
    case "blind":
    case "sighted": {
      const { kind, vantage, why } = item;
      return { at, kind, vantage, why };
    }
    case "scan": {
      const { kind, vantage, words } = item;
      return { at, kind, vantage, words };
    }
    case "facts":
    case "silence": {
      const { kind, vantage, observation } = item;
      return { at, kind, vantage, observation: unpack<Observation>(observation) };
    }
  }
}
