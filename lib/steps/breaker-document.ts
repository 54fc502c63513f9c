/** The breaker as it stands in the store: written by who tells, and by the operator's commands. */

import type { Breaker } from "../model/breaker.ts";
import type { Store, Versioned } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

const name = "breaker";
const mostTries = 8;

export function breakerOf({ state }: Pick<Store, "state">): Promise<Versioned<Breaker | null>> {
  return state.document<Breaker>(name);
}

/** Asks `change` for what follows, again when somebody wrote in between; the same object or null: nothing to write. */
export async function changeBreaker(
  store: Store,
  change: (breaker: Breaker | null) => Breaker | null,
): Promise<Breaker | null> {
  for (let tries = 0; tries < mostTries; tries++) {
    const { value, version } = await breakerOf(store);
    const next = change(value);
    if (next === null || next === value) return value;
    if (await store.state.putDocument(name, { value: next, version })) return next;
  }
  throw new Contended(`the breaker was written by others ${mostTries} times in a row`);
}
