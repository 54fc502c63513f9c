/** What is remembered of some slots of a slice, changed by one conditional write. */

import { blankMemory, type SlotMemory } from "../model/roster.ts";
import type { Store, Versioned } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

export type Memory = Versioned<readonly SlotMemory[]>;

/** Makes a slot's next memory of the one that stands there; the very same object where nothing changes. */
export type MemoryChange = (stands: SlotMemory) => SlotMemory;

const mostTries = 12;

/**
 * Writes what `changes` make of the slots they name, again when somebody wrote since `read`; writes nothing when
 * nothing changes. Answers what stands there afterwards.
 */
export async function changeMemory(
  store: Store,
  slice: number,
  read: Memory,
  changes: ReadonlyMap<number, MemoryChange>,
): Promise<Memory> {
  let memory = read;
  for (let tries = 0; tries < mostTries; tries++) {
    const next = changed(memory.value, changes);
    if (next === null) return memory;
    if (await store.state.putMemory(slice, { value: next, version: memory.version })) {
      return { value: next, version: memory.version + 1 };
    }
    memory = await store.state.memory(slice);
  }
  throw new Contended(`the memory of slice ${slice} was written by others ${mostTries} times in a row`);
}

function changed(
  stands: readonly SlotMemory[],
  changes: ReadonlyMap<number, MemoryChange>,
): readonly SlotMemory[] | null {
  const next = new Map<number, SlotMemory>();
  for (const [slot, change] of changes) {
    const before = stands[slot] ?? blankMemory;
    const after = change(before);
    if (!isEqual(before, after)) next.set(slot, after);
  }
  if (next.size === 0) return null;
  const length = Math.max(stands.length, ...[...next.keys()].map((slot) => slot + 1));
  return Array.from({ length }, (_, slot) => next.get(slot) ?? stands[slot] ?? blankMemory);
}

function isEqual(a: SlotMemory, b: SlotMemory): boolean {
  return (
    a.fingerprint === b.fingerprint &&
    a.mark === b.mark &&
    a.rejudgeAt === b.rejudgeAt &&
    a.needs === b.needs &&
    a.hot.join() === b.hot.join() &&
    isSameScan(a.scan, b.scan)
  );
}

function isSameScan(a: SlotMemory["scan"], b: SlotMemory["scan"]): boolean {
  return (
    a?.beside === b?.beside &&
    a?.running === b?.running &&
    a?.notBefore === b?.notBefore &&
    a?.restartedAt === b?.restartedAt
  );
}
