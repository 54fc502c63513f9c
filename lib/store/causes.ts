/** Causes in the state table: one item each, with its votes and its outbox inside, so that state and debt are one write. */

import {
  type Alert,
  type Cause,
  type CauseContext,
  type Incident,
  isSpent,
  type OutboxEntry,
} from "../model/incident.ts";
import { dayMs, expiresAt, shardOf } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { StateStore, Versioned } from "./store.ts";
import { absent, type Condition, type Item, type Key, type Table } from "./table.ts";
import { wakeIndex } from "./tables.ts";

/** `active` and `wake` are missing where the cause is clear and owes nothing: then no index is touched. */
type CauseItem = Item & { version: number; body: Uint8Array; active?: string; wake?: number; expiresAt?: number };

/** Stands in the index for a cause that only an answer can wake. */
const never = Number.MAX_SAFE_INTEGER;
const wakePartitions = 4;
const readsAtOnce = 100;

type CauseStore = Pick<StateStore, "cause" | "putCause" | "dueCauses" | "activeCauses">;

export function causeStore(table: Table): CauseStore {
  const keyOf = (cls: string, subject: string): Key => ({ pk: `CAUSE#${cls}|${subject}`, sk: "CAUSE" });

  async function awake(upTo: number): Promise<readonly Versioned<Cause>[]> {
    const partitions = Array.from({ length: wakePartitions }, (_, partition) => `CAUSE#${partition}`);
    const queries = partitions.map((hash) => table.queryIndex(wakeIndex, hash, upTo));
    const keys = (await Promise.all(queries)).flat();
    const causes: Versioned<Cause>[] = [];
    for (let at = 0; at < keys.length; at += readsAtOnce) {
      const items = await table.getMany<CauseItem>(keys.slice(at, at + readsAtOnce));
      causes.push(...items.map(({ body, version }) => ({ value: readCause(body), version })));
    }
    return causes;
  }

  return {
    async cause(cls, subject) {
      const item = await table.get<CauseItem>(keyOf(cls, subject));
      return item ? { value: readCause(item.body), version: item.version } : { value: null, version: 0 };
    },

    async putCause({ value, version }) {
      const key = keyOf(value.class, value.subject);
      const asRead: Condition = version === 0 ? absent : { expression: "#version = :version", values: { version } };
      if (isSpent(value) && version === 0) return (await table.get(key)) === undefined;
      if (isSpent(value)) return await table.remove(key, asRead);
      const wake = wakeOf(value);
      const item = { ...key, version: version + 1, state: value.state, body: pack(value) };
      const indexed =
        wake === null
          ? { expiresAt: expiresAt(newest(value) + 2 * dayMs) }
          : { active: `CAUSE#${shardOf(value.subject) % wakePartitions}`, wake };
      return await table.put({ ...item, ...indexed }, asRead);
    },

    /** The index lags behind the table on AWS: each item is looked at again. */
    async dueCauses(at) {
      const woken = await awake(at);
      return woken.filter(({ value }) => (wakeOf(value) ?? never) <= at);
    },
    async activeCauses() {
      const woken = await awake(never);
      return woken.filter(({ value }) => value.state !== "clear");
    },
  };
}

/** What an older release kept lacks what came later. */
type Kept = Omit<Cause, "context" | "outbox" | "folded" | "parent" | "incident"> &
  Partial<Pick<Cause, "folded" | "parent">> & {
    context: Partial<CauseContext>;
    incident: KeptIncident | null;
    outbox: readonly KeptEntry[];
  };
type LateInIncident = "seenFrom" | "escalations" | "escalated";
type KeptIncident = Omit<Incident, LateInIncident> & Partial<Pick<Incident, LateInIncident>>;
type LateInEntry = "reach" | "asked" | "merges" | "alone";
type KeptEntry = Omit<OutboxEntry, "alert" | LateInEntry> &
  Partial<Pick<OutboxEntry, LateInEntry>> & { alert: KeptAlert };
type LateInAlert = "lapsed" | "merged" | "within" | "parent";
type KeptAlert = Omit<Alert, "context" | LateInAlert> &
  Partial<Pick<Alert, LateInAlert>> & { context: Partial<CauseContext> };

function readCause(body: Uint8Array): Cause {
  const kept = unpack<Kept>(body);
  const outbox = kept.outbox.map((entry) => ({
    reach: { over: -1, upTo: 0 },
    asked: null,
    merges: [],
    alone: [],
    ...entry,
    alert: {
      lapsed: null,
      merged: false,
      within: null,
      parent: null,
      ...entry.alert,
      context: readContext(entry.alert.context),
    },
  }));
  // One vantage watched each target then.
  const seenFrom = [...new Set(kept.votes.map(({ vantage }) => vantage))];
  const incident = kept.incident && { seenFrom, escalations: null, escalated: 0, ...kept.incident };
  return { folded: null, parent: null, ...kept, incident, context: readContext(kept.context), outbox };
}

function readContext(context: Partial<CauseContext>): CauseContext {
  return { beside: [], ...context } as CauseContext;
}

/** When the tick has to look at it: its own time, or the first message it owes; null when it is clear and owes nothing. */
function wakeOf({ state, due, outbox }: Cause): number | null {
  if (state === "clear" && due === null && outbox.length === 0) return null;
  const owed = outbox.map(({ notBefore, leasedUntil }) => Math.max(notBefore, leasedUntil));
  return Math.min(due ?? never, ...owed);
}

/** The last moment the cause knows of, epoch ms. */
function newest({ stateSince, votes }: Cause): number {
  return Math.max(stateSince, ...votes.map(({ at }) => at));
}
