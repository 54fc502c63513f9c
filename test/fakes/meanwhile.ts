/** A store in whose n-th write something else is done first, by another process on the same tables. */

import type { Store } from "../../lib/store/store.ts";

const writes = /^(put|remove|claim|bump|rollUp)/;

/** `at` counts from 1. Answers how many writes were begun, too. */
export function meanwhileStore(
  inner: Store,
  at: number,
  meanwhile: () => Promise<unknown>,
): { readonly store: Store; readonly begun: () => number } {
  let begun = 0;
  function wrap<T extends object>(part: T): T {
    return new Proxy(part, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function" || typeof name !== "string" || !writes.test(name)) return method;
        return async (...parameters: unknown[]) => {
          if (++begun === at) await meanwhile();
          return await method.apply(target, parameters);
        };
      },
    });
  }
  const store = { config: wrap(inner.config), state: wrap(inner.state), ledger: wrap(inner.ledger) };
  return { store, begun: () => begun };
}
