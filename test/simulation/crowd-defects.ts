/** Machines with one fault each, which shows where many servers go bad at once. */

import type { Breaker } from "../../lib/model/breaker.ts";
import type { OutboxEntry } from "../../lib/model/incident.ts";
import type { StateStore, Versioned } from "../../lib/store/store.ts";
import { asBuilt } from "./machinery.ts";
import { type Defect, onState, writing } from "./tamper.ts";

function held(entry: OutboxEntry): OutboxEntry {
  return entry.alert.held === null ? entry : { ...entry, notBefore: Number.MAX_SAFE_INTEGER };
}

/** What the sender reads of the breaker says that it holds nothing, until the hold is over. */
async function neverHeld<T>(state: StateStore, name: string): Promise<Versioned<T | null>> {
  const found = await state.document<T>(name);
  if (name !== "breaker" || found.value === null) return found;
  const breaker = found.value as T & Breaker;
  return breaker.hold === null
    ? found
    : { ...found, value: { ...breaker, hold: { ...breaker.hold, from: Number.POSITIVE_INFINITY } } };
}

export const crowdDefects: readonly Defect[] = [
  {
    name: "what a parent tells of tells for itself as well",
    breaks: /beside its open parent|that share/,
    machinery: {
      ...asBuilt,
      through: writing((next) => {
        const outbox = next.outbox.map((entry) => ({ ...entry, alert: { ...entry.alert, within: null } }));
        return { ...next, folded: null, outbox };
      }),
    },
  },
  {
    name: "who outlasts its parent stays with it",
    breaks: /outlasts its parent, and .* was never told/,
    machinery: {
      ...asBuilt,
      through: writing((next, stands) => {
        const outlasts = stands !== null && stands.folded !== null && next.folded === null && next.state === "open";
        return outlasts ? stands : next;
      }),
    },
  },
  {
    name: "a parent is over while most of it suffers",
    breaks: /ended while \d+ of it suffered/,
    machinery: {
      ...asBuilt,
      tick: async (world) => {
        const few = onState((state) => ({
          activeCauses: async () => (await state.activeCauses()).filter(({ value }) => value.folded === null),
        }));
        return await asBuilt.tick({ ...world, store: few(world.store) });
      },
    },
  },
  {
    name: "the breaker asks, and holds nothing",
    breaks: /while the breaker held/,
    machinery: { ...asBuilt, through: onState((state) => ({ document: (name) => neverHeld(state, name) })) },
  },
  {
    name: "the breaker never trips",
    breaks: /at once, unasked/,
    machinery: {
      ...asBuilt,
      notify: ({ grouping: _, ...world }) => asBuilt.notify(world),
    },
  },
  {
    name: "what the breaker held is never let go",
    breaks: /was never told to/,
    machinery: {
      ...asBuilt,
      through: writing((next) => ({ ...next, outbox: next.outbox.map(held) })),
    },
  },
];
