/** The same target under other vantages: what concerns it concerns them. */

import type { IncidentClass } from "../model/incident.ts";
import { blankMemory, type RosterEntry, type Slice } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { changeMemory, type MemoryChange } from "./change-memory.ts";
import type { Doubt } from "./tasks.ts";

/** The doubts, and the same ones for every other of the `sighted` vantages that watches their targets. */
export async function fromAllVantages(
  { state }: Store,
  doubts: readonly Doubt[],
  sighted: readonly string[],
): Promise<readonly Doubt[]> {
  const others = doubts.flatMap((doubt) =>
    doubt.entry.beside.filter(({ vantage }) => sighted.includes(vantage)).map((place) => ({ doubt, place })),
  );
  const found: Doubt[] = [...doubts];
  for (const [number, some] of Map.groupBy(others, ({ place }) => place.slice)) {
    const [slice, memory] = await Promise.all([state.slice(number), state.memory(number)]);
    for (const { doubt, place } of some) {
      const entry = entryAt(slice, place.slot, doubt.entry);
      if (entry === undefined) continue;
      const known = (memory.value[place.slot] ?? blankMemory).fingerprint;
      found.push({ ...doubt, slice: number, slot: place.slot, entry, known });
    }
  }
  return found;
}

/** Undefined where the roster has changed since `other` was read. */
function entryAt(slice: Slice | undefined, slot: number, { target }: RosterEntry): RosterEntry | undefined {
  const entry = slice?.entries[slot];
  return entry && targetKey(entry.target) === targetKey(target) ? entry : undefined;
}

/** What a slot began to alarm about. */
export interface Alarm {
  readonly entry: RosterEntry;
  readonly classes: readonly IncidentClass[];
}

/** From now on the other vantages' answers are told to the causes as well, good ones too. */
export async function alertBeside(store: Store, alarms: readonly Alarm[]): Promise<void> {
  const all = alarms.flatMap(({ entry, classes }) => entry.beside.map((place) => ({ ...place, classes })));
  for (const [number, some] of Map.groupBy(all, ({ slice }) => slice)) {
    const changes = new Map(
      some.map(({ slot, classes }): [number, MemoryChange] => [
        slot,
        (stands) => ({ ...stands, hot: [...new Set([...stands.hot, ...classes])] }),
      ]),
    );
    await changeMemory(store, number, await store.state.memory(number), changes);
  }
}

/** Whether somebody's wish stands behind the target at another vantage. */
export async function isWantedBeside(
  { state }: Store,
  { target, beside }: RosterEntry,
  wants: (entry: RosterEntry) => boolean,
): Promise<boolean> {
  for (const { slice, slot } of beside) {
    const entry = (await state.slice(slice))?.entries[slot];
    if (entry && targetKey(entry.target) === targetKey(target) && wants(entry)) return true;
  }
  return false;
}
