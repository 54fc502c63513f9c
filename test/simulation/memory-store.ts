/**
 * The store's promises kept in memory: conditional writes by version, a spent cause removed, an index of what is due.
 * `memory-store.test.ts` holds it beside the real one. What no step under test asks for is refused by name.
 */

import type { Breaker } from "../../lib/model/breaker.ts";
import type { Circle } from "../../lib/model/circle.ts";
import { type Customer, defaultSettings, type Gateway } from "../../lib/model/customer.ts";
import { type Cause, isSpent } from "../../lib/model/incident.ts";
import { type RecordEntry, recordId } from "../../lib/model/record.ts";
import type { Slice, SlotMemory } from "../../lib/model/roster.ts";
import type { MaintenanceWindow, Silence } from "../../lib/model/silence.ts";
import type {
  ConfigStore,
  LedgerEntry,
  LedgerStore,
  NameState,
  StateStore,
  Store,
  TargetState,
  Versioned,
} from "../../lib/store/store.ts";

export interface MemoryStore extends Store {
  /** Epoch ms of the earliest thing that the tick or the sender has to look at; null for none. Asks nothing of the world. */
  earliest(): number | null;
  /** The clock has to look after parents that tell of others, and after what the breaker holds. Asks nothing of the world. */
  isTended(): boolean;
  /** Every cause that is kept. Asks nothing of the world. */
  causes(): readonly Cause[];
  /** What was recorded, in that order. Asks nothing of the world. */
  recorded(): readonly RecordEntry[];
}

/** What people wrote. */
interface Fleet {
  readonly gateways?: readonly Gateway[];
  readonly silences?: readonly Silence[];
  readonly windows?: readonly MaintenanceWindow[];
}

/** `written` hears of every write of a cause that stood. */
export function createMemoryStore(
  customers: readonly Customer[],
  written: (before: Cause | null, after: Cause) => void,
  { gateways = [], silences = [], windows = [] }: Fleet = {},
): MemoryStore {
  const slices = new Map<number, Slice>();
  const memories = new Map<number, Versioned<readonly SlotMemory[]>>();
  const targets = new Map<string, TargetState>();
  const names = new Map<string, Map<string, NameState>>();
  const causes = new Map<string, Versioned<Cause>>();
  const ledger = new Map<string, LedgerEntry>();
  const records = new Map<string, RecordEntry>();
  const circles = new Map<string, Circle>();
  const documents = new Map<string, Versioned<unknown>>();
  let claimed: { cycle: number; at: number; start: number } | undefined;

  const placeOf = (key: string, vantage: string) => `${key} ${vantage}`;

  const settings = { ...defaultSettings, windows };
  const config: Partial<ConfigStore> = {
    settings: async () => settings,
    customer: async (id) => customers.find((customer) => customer.id === id),
    silences: async () => silences,
    gateways: async () => gateways,
  };

  const state: Partial<StateStore> = {
    slices: async () => [...slices.values()],
    slice: async (number) => slices.get(number),
    async putSlice(slice) {
      slices.set(slice.number, slice);
    },
    memory: async (slice) => memories.get(slice) ?? { value: [], version: 0 },
    async putMemory(slice, { value, version }) {
      if ((memories.get(slice)?.version ?? 0) !== version) return false;
      memories.set(slice, { value, version: version + 1 });
      return true;
    },
    target: async (key, vantage) => targets.get(placeOf(key, vantage)),
    targets: async (keys) => keys.flatMap(({ key, vantage }) => targets.get(placeOf(key, vantage)) ?? []),
    async putTarget(target) {
      targets.set(placeOf(target.key, target.vantage), target);
    },
    async retireTarget(key, vantage) {
      names.delete(placeOf(key, vantage));
    },
    names: async (key, vantage) => [...(names.get(placeOf(key, vantage))?.values() ?? [])],
    async putName(key, vantage, name) {
      const place = placeOf(key, vantage);
      names.set(place, (names.get(place) ?? new Map()).set(name.name, name));
    },
    // Nothing is scanned in a history.
    scansInProgress: async () => new Map(),
    scanResult: async () => undefined,
    retireScan: async () => {},
    cause: async (cls, subject) => causes.get(`${cls}|${subject}`) ?? { value: null, version: 0 },
    async putCause({ value, version }) {
      const key = `${value.class}|${value.subject}`;
      const before = causes.get(key);
      if ((before?.version ?? 0) !== version) return false;
      if (isSpent(value)) causes.delete(key);
      else causes.set(key, { value, version: version + 1 });
      written(before?.value ?? null, value);
      return true;
    },
    dueCauses: async (at) => [...causes.values()].filter(({ value }) => wakeOf(value) <= at),
    activeCauses: async () => [...causes.values()].filter(({ value }) => value.state !== "clear"),
    // No certificate ends in a history.
    shown: async () => [],
    circle: async (target) => circles.get(target)?.head,
    async circlePage(target, id) {
      const { head, pages } = circles.get(target) ?? { head: { pages: [] }, pages: [] };
      return pages[head.pages.findIndex((page) => page.id === id)];
    },
    async putCircle(target, circle) {
      circles.set(target, circle);
    },
    // It is kept for longer than a history lasts.
    retireCircle: async () => {},
    // Nobody unsubscribes in a history.
    choice: async () => undefined,
    async document<T>(name: string) {
      return (documents.get(name) as Versioned<T> | undefined) ?? { value: null, version: 0 };
    },
    async putDocument(name, { value, version }) {
      if ((documents.get(name)?.version ?? 0) !== version) return false;
      documents.set(name, { value, version: version + 1 });
      return true;
    },
    async claimCycle(cycle, at, everyMs) {
      const start = cycle * everyMs;
      if (claimed !== undefined && claimed.start >= start) return false;
      claimed = { cycle, at, start };
      return true;
    },
    lastCycle: async () => claimed,
  };

  const kept: Partial<LedgerStore> = {
    async putLedger(slice, entry, part) {
      const key = `${slice} ${entry.cycle * entry.everyMs} ${part}`;
      if (ledger.has(key)) return false;
      ledger.set(key, entry);
      return true;
    },
    async ledger(slice, limit) {
      const entries = [...ledger].filter(([key]) => key.startsWith(`${slice} `)).map(([, entry]) => entry);
      return entries.sort((a, b) => b.cycle * b.everyMs - a.cycle * a.everyMs).slice(0, limit);
    },
    async rollUp() {},
    async putEvent() {},
    async putRecord(entry) {
      const id = recordId(entry);
      if (!records.has(id)) records.set(id, entry);
    },
  };

  return {
    config: refusing("config", config),
    state: refusing("state", state),
    ledger: refusing("ledger", kept),
    earliest() {
      const wakes = [...causes.values()].map(({ value }) => wakeOf(value)).filter(Number.isFinite);
      return wakes.length === 0 ? null : Math.min(...wakes);
    },
    isTended: () => {
      const families = documents.get("families")?.value as readonly unknown[] | undefined;
      const breaker = documents.get("breaker")?.value as Breaker | undefined;
      return (families !== undefined && families.length > 0) || (breaker?.hold ?? null) !== null;
    },
    causes: () => [...causes.values()].map(({ value }) => value),
    recorded: () => [...records.values()],
  };
}

function wakeOf({ due, outbox }: Cause): number {
  const owed = outbox.map(({ notBefore, leasedUntil }) => Math.max(notBefore, leasedUntil));
  return Math.min(due ?? Number.POSITIVE_INFINITY, ...owed);
}

/** The methods of `part`; any other says that the simulation doesn't keep it. */
function refusing<T extends object>(name: string, part: Partial<T>): T {
  return new Proxy(part, {
    get(target, method) {
      const found: unknown = Reflect.get(target, method);
      if (found !== undefined || typeof method === "symbol" || method === "then") return found;
      throw new Error(`the simulated store has no ${name}.${method}`);
    },
  }) as T;
}
