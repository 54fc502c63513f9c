/** Slices in the state table. A slice is one item, unless one of its targets serves so many names that it takes several. */

import { createHash } from "node:crypto";
import { defaultVantage } from "../model/customer.ts";
import type { RosterEntry, Slice, SlotMemory } from "../model/roster.ts";
import { numberKey } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import type { StateStore } from "./store.ts";
import { absent, type Item, type Key, type Table } from "./table.ts";

const rosterKey: Key = { pk: "FLEET", sk: "ROSTER" };
const slicesPartition = "SLICES";
const sliceKey = (number: number): Key => ({ pk: slicesPartition, sk: numberKey(number) });
const memoryKey = (number: number): Key => ({ pk: `SLICE#${number}`, sk: "MEMORY" });

type KeptEntry = Omit<RosterEntry, "outside" | "beside"> & Partial<Pick<RosterEntry, "outside" | "beside">>;
type RevisionItem = Item & { revision: number };
type MemoryItem = Item & { version: number; slots: Uint8Array };
/** `parts` is 0 where the whole roster stands in the item itself. */
type SliceItem = Item & { parts: number; generation: string; roster: Uint8Array };
type PartItem = Item & { roster: Uint8Array };

const mostBytesInOne = 300_000;
const mostReads = 5;

type RosterStore = Pick<
  StateStore,
  "rosterRevision" | "putRosterRevision" | "slices" | "slice" | "putSlice" | "memory" | "putMemory"
>;

export function rosterStore(table: Table): RosterStore {
  const partKey = (number: number, generation: string, part: number): Key => ({
    pk: `SLICE#${number}`,
    sk: `ROSTER#${generation}#${numberKey(part)}`,
  });

  /** Undefined where a newer roster took the place of these parts in the meantime. */
  async function rosterOf(number: number, item: SliceItem): Promise<Slice | undefined> {
    if (item.parts === 0) return rosterIn(item.roster);
    const keys = Array.from({ length: item.parts }, (_, part) => partKey(number, item.generation, part));
    const parts = await Promise.all(keys.map((key) => table.get<PartItem>(key)));
    const found = parts.filter((part) => part !== undefined);
    if (found.length < parts.length) return undefined;
    return rosterIn(Buffer.concat(found.map(({ roster }) => roster)));
  }

  async function slice(number: number): Promise<Slice | undefined> {
    for (let read = 0; read < mostReads; read++) {
      const item = await table.get<SliceItem>(sliceKey(number));
      if (!item) return undefined;
      const roster = await rosterOf(number, item);
      if (roster) return roster;
    }
    throw new Error(`slice ${number} is being rewritten: its parts did not stand still for ${mostReads} reads`);
  }

  return {
    async rosterRevision() {
      return (await table.get<RevisionItem>(rosterKey))?.revision ?? 0;
    },
    async putRosterRevision(revision) {
      await table.put({ ...rosterKey, revision });
    },

    slice,
    async slices() {
      const all: Slice[] = [];
      for await (const item of table.query<SliceItem>(slicesPartition)) {
        const number = Number(item.sk);
        const roster = (await rosterOf(number, item)) ?? (await slice(number));
        if (roster) all.push(roster);
      }
      return all;
    },

    /** Parts first, then the item that names them, then the old parts go: a crash in between leaves the old roster whole. */
    async putSlice(roster) {
      const { number } = roster;
      const packed = pack(roster);
      const before = await table.get<SliceItem>(sliceKey(number));
      const parts = packed.length <= mostBytesInOne ? [] : chunks(packed, mostBytesInOne);
      const generation = parts.length === 0 ? "" : createHash("sha256").update(packed).digest("hex").slice(0, 16);
      for (const [part, bytes] of parts.entries()) {
        await table.put({ ...partKey(number, generation, part), roster: bytes });
      }
      const inItem = parts.length === 0 ? packed : new Uint8Array();
      await table.put({ ...sliceKey(number), parts: parts.length, generation, roster: inItem });
      if (before && before.parts > 0 && before.generation !== generation) {
        const old = Array.from({ length: before.parts }, (_, part) => partKey(number, before.generation, part));
        await table.removeAll(old);
      }
    },

    async memory(number) {
      const item = await table.get<MemoryItem>(memoryKey(number));
      return item
        ? { value: unpack<readonly SlotMemory[]>(item.slots), version: item.version }
        : { value: [], version: 0 };
    },
    async putMemory(number, { value, version }) {
      const item = { ...memoryKey(number), version: version + 1, slots: pack(value) };
      return await table.put(item, version === 0 ? absent : { expression: "#version = :version", values: { version } });
    },
  };
}

/** An older release kept neither `beside` nor `outside`: each target had one vantage, and one saw the internet. */
function rosterIn(bytes: Uint8Array): Slice {
  const { entries, ...slice } = unpack<Omit<Slice, "entries"> & { readonly entries: readonly (KeptEntry | null)[] }>(
    bytes,
  );
  return { ...slice, entries: entries.map((entry) => entry && { ...later(entry), ...entry }) };
}

const later = ({ vantage }: KeptEntry) => ({ outside: vantage === defaultVantage, beside: [] });

function chunks(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}
