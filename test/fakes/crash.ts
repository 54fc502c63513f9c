/** A store whose process dies at the n-th write: just before it, or just after it was done and before anybody heard. */

import type { Store } from "../../lib/store/store.ts";

export class Crash extends Error {}

const writes = /^(put|remove|claim|bump|rollUp)/;

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
  function wrap<T extends object>(part: T): T {
    return new Proxy(part, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function" || typeof name !== "string" || !writes.test(name)) return method;
        return async (...parameters: unknown[]) => {
          written.push(name);
          if (written.length > at || (written.length === at && when === "before")) throw new Crash(name);
          const result: unknown = await method.apply(target, parameters);
          if (written.length === at) throw new Crash(name);
          return result;
        };
      },
    });
  }
  return { store: { config: wrap(inner.config), state: wrap(inner.state), ledger: wrap(inner.ledger) }, written };
}
