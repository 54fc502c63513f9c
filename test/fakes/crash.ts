/** A store whose process dies at the n-th write: just before it, or just after it was done and before anybody heard. */

import type { Store } from "../../lib/store/store.ts";
import { aroundWrites } from "./writes.ts";

export class Crash extends Error {}

export interface CountedStore {
  readonly store: Store;
  /** Writes begun so far, by method name. */
  readonly written: string[];
}

/** `at` is the number of the fatal write, from 1; nothing is written after it. Infinity: only counts. */
export function crashingStore(
  inner: Store,
  at = Number.POSITIVE_INFINITY,
  when: "before" | "after" = "before",
): CountedStore {
  const written: string[] = [];
  const store = aroundWrites(inner, async (name, write) => {
    written.push(name);
    if (written.length > at || (written.length === at && when === "before")) throw new Crash(name);
    const result = await write();
    if (written.length === at) throw new Crash(name);
    return result;
  });
  return { store, written };
}
