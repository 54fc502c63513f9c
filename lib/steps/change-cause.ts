/** One cause changed by one conditional write, as often as others get in between. */

import type { Cause, IncidentClass } from "../model/incident.ts";
import type { Store, Versioned } from "../store/store.ts";

const mostTries = 12;

/** Too many others wrote the same cause at once; the message or job that brought us here is delivered again. */
export class Contended extends Error {
  override readonly name = "Contended";
}

/**
 * Reads the cause, asks `change` for the next one and writes it, again from the start when somebody wrote in between.
 * `change` answers null when there is nothing to write. Answers what stands in the store afterwards, where it was
 * written; `first` spares the first read.
 */
export async function changeCause(
  store: Store,
  cls: IncidentClass,
  subject: string,
  change: (cause: Cause | null) => Cause | null,
  first?: Versioned<Cause | null>,
): Promise<Cause | null> {
  let read = first;
  for (let tries = 0; tries < mostTries; tries++) {
    const { value, version } = read ?? (await store.state.cause(cls, subject));
    const next = change(value);
    if (next === null) return null;
    if (await store.state.putCause({ value: next, version })) return next;
    read = undefined;
  }
  throw new Contended(`${cls} of ${subject} was written by others ${mostTries} times in a row`);
}
