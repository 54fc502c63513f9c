/** What is remembered of some slots of a slice, changed by one conditional write. */

import { blankMemory, type SlotMemory } from "../model/roster.ts";
import type { Store, Versioned } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

export type Memory = Versioned<readonly SlotMemory[]>;

const mostTries = 12;

/**
 * Writes `changes` over what stands there, again when somebody wrote in between; writes nothing when nothing changes.
 *
 * A slot that the other writer changed too forgets its fingerprint: nobody can tell whose look is kept as the target's
 * state, so the next look has to bring all the facts.
 */
export async function changeMemory(
  store: Store,
  slice: number,
  read: Memory,
  changes: ReadonlyMap<number, SlotMemory>,
): Promise<Memory> {
  let memory = read;
  for (let tries = 0; tries < mostTries; tries++) {
    const next = changed(read.value, memory.value, changes);
    if (next === null) return memory;
    if (await store.state.putMemory(slice, { value: next, version: memory.version })) {
      return { value: next, version: memory.version + 1 };
    }
    memory = await store.state.memory(slice);
  }
  throw new Contended(`the memory of slice ${slice} was written by others ${mostTries} times in a row`);
}

function changed(
  read: readonly SlotMemory[],
  standing: readonly SlotMemory[],
  changes: ReadonlyMap<number, SlotMemory>,
): readonly SlotMemory[] | null {
  const length = Math.max(standing.length, ...[...changes.keys()].map((slot) => slot + 1));
  const next = Array.from({ length }, (_, slot) => {
    const stands = standing[slot] ?? blankMemory;
    const change = changes.get(slot);
    if (change === undefined) return stands;
    const contested = stands.fingerprint !== (read[slot] ?? blankMemory).fingerprint;
    if (!contested) return equal(stands, change) ? stands : change;
    return { ...change, hot: [...new Set([...stands.hot, ...change.hot])], fingerprint: "" };
  });
  return next.every((memory, slot) => memory === standing[slot]) && length === standing.length ? null : next;
}

function equal(a: SlotMemory, b: SlotMemory): boolean {
  return (
    a.fingerprint === b.fingerprint &&
    a.mark === b.mark &&
    a.rejudgeAt === b.rejudgeAt &&
    a.needs === b.needs &&
    a.hot.join() === b.hot.join()
  );
}
