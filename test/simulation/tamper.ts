/** Ways to come between the steps and their store. */

import type { Cause } from "../../lib/model/incident.ts";
import type { StateStore, Store } from "../../lib/store/store.ts";
import type { Machinery } from "./machinery.ts";

export interface Defect {
  readonly name: string;
  /** What the oracle says of it, at least once. */
  readonly breaks: RegExp;
  readonly machinery: Machinery;
}

/** The steps write each cause as `change` makes of it; `stands` is what the store has. */
export function writing(change: (next: Cause, stands: Cause | null) => Cause): Machinery["through"] {
  return onState((state) => ({
    async putCause({ value, version }) {
      const { value: stands } = await state.cause(value.class, value.subject);
      return await state.putCause({ value: change(value, stands), version });
    },
  }));
}

export function onState(methods: (state: StateStore) => Partial<StateStore>): Machinery["through"] {
  return (store: Store) => {
    const over = methods(store.state);
    const state = new Proxy(store.state, {
      get: (inner, name) => Reflect.get(over, name) ?? Reflect.get(inner, name),
    });
    return { ...store, state };
  };
}
