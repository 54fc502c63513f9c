/** A store in whose n-th write something else is done first, by another process on the same tables. */

import type { Store } from "../../lib/store/store.ts";
import { aroundWrites } from "./writes.ts";

/** `at` counts from 1. Answers how many writes were begun, too. */
export function meanwhileStore(
  inner: Store,
  at: number,
  meanwhile: () => Promise<unknown>,
): { readonly store: Store; readonly begun: () => number } {
  let begun = 0;
  const store = aroundWrites(inner, async (_, write) => {
    if (++begun === at) await meanwhile();
    return write();
  });
  return { store, begun: () => begun };
}
