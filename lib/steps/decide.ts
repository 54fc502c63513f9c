/** What the operator says to what the breaker holds: it stands in the record with who said it. */

import { isOver, kept, released } from "../judge/breaker.ts";
import type { Hold } from "../model/breaker.ts";
import { type BreakerWorld, endHold } from "./breaker.ts";
import { breakerOf, changeBreaker } from "./breaker-document.ts";
import { releaseHeld } from "./release.ts";

type DecisionWorld = Omit<BreakerWorld, "everyMs">;

/** The present hold, as it is after the decision; null: nothing is held, so there is nothing to decide. */
export type Decided = Hold | null;

/** What opened is true: it is told now, and for as long as it would have been held nothing is. */
export async function releaseHold(world: DecisionWorld, by: string): Promise<Decided> {
  const { store, now } = world;
  const hold = await holdNow(world);
  if (hold === null) return null;
  await store.ledger.putRecord({ kind: "decided", at: now, hold: hold.id, decision: "release", until: now, by });
  const next = await changeBreaker(store, (breaker) =>
    breaker?.hold?.id === hold.id ? released(breaker, breaker.hold, by, now) : breaker,
  );
  if (next?.hold?.id === hold.id) await endHold(world, next.hold);
  await releaseHeld(store, () => now);
  return { ...hold, until: now, by };
}

/** It is looked into: held until then, epoch ms. */
export async function keepHold(world: DecisionWorld, by: string, until: number): Promise<Decided> {
  const { store, now } = world;
  const hold = await holdNow(world);
  if (hold === null) return null;
  await store.ledger.putRecord({ kind: "decided", at: now, hold: hold.id, decision: "keep", until, by });
  const next = await changeBreaker(store, (breaker) =>
    breaker?.hold?.id === hold.id ? kept(breaker, breaker.hold, by, until) : breaker,
  );
  return next?.hold?.id === hold.id ? next.hold : null;
}

async function holdNow({ store, now }: DecisionWorld): Promise<Hold | null> {
  const hold = (await breakerOf(store)).value?.hold ?? null;
  return hold === null || isOver(hold, now) ? null : hold;
}
