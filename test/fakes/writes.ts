/** A store of which every write goes through a test's hands. */

import type { Store } from "../../lib/store/store.ts";

const writes = /^(put|remove|retire|claim|bump|rollUp)/;

/** `name` is the method's; `write` does it, when and if it is called. */
export type AroundWrite = (name: string, write: () => Promise<unknown>) => Promise<unknown>;

export function aroundWrites(inner: Store, around: AroundWrite): Store {
  function wrap<T extends object>(part: T): T {
    return new Proxy(part, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== "function" || typeof name !== "string" || !writes.test(name)) return method;
        return (...parameters: unknown[]) => around(name, async () => method.apply(target, parameters));
      },
    });
  }
  return { config: wrap(inner.config), state: wrap(inner.state), ledger: wrap(inner.ledger) };
}
