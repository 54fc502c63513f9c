/** A silence was lifted or a window moved: what was held because of it is told with the next pass, and not an hour later. */

import type { Cause } from "../model/incident.ts";
import type { Clock } from "../model/ports.ts";
import type { Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { type CoverNow, coversNow } from "./covers.ts";
import { abandoned } from "./outbox.ts";

/** Reads every cause that is in motion: for commands, not for each pass. */
export async function releaseHeld(store: Store, now: Clock): Promise<void> {
  const coverOf = await coversNow(store);
  const causes = await store.state.dueCauses(Number.MAX_SAFE_INTEGER);
  for (const found of causes.filter(({ value }) => value.outbox.some(({ alert }) => alert.held !== null))) {
    await changeCause(
      store,
      found.value.class,
      found.value.subject,
      (cause) => cause && released(cause, coverOf, now()),
      found,
    );
  }
}

/**
 * What a sender had in hand that is known to be dead is told by the next one, and not when its lease runs out. Only for
 * who is alone with the store: another living sender would tell the same once more.
 */
export async function releaseLeases(store: Store): Promise<void> {
  for (const found of await store.state.dueCauses(Number.MAX_SAFE_INTEGER)) {
    const { class: cls, subject } = found.value;
    await changeCause(store, cls, subject, (cause) => cause && abandoned(cause), found);
  }
}

/** Null where its cover goes on, or nothing waits for it. */
function released(cause: Cause, coverOf: CoverNow, now: number): Cause | null {
  if (coverOf(cause, now) !== null) return null;
  const isWaiting = ({ alert, notBefore }: Cause["outbox"][number]) => alert.held !== null && notBefore > now;
  if (!cause.outbox.some(isWaiting)) return null;
  return { ...cause, outbox: cause.outbox.map((entry) => (isWaiting(entry) ? { ...entry, notBefore: now } : entry)) };
}
