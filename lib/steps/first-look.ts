/** What the first looks after an import find is told to the operator in one message. */

import type { Digest } from "../judge/incident.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { RosterEntry } from "../model/roster.ts";

const firstCycles = 2;
/** The last confirmation has to be made and judged. */
const graceMs = 15_000;

/** The digest that a target's opening belongs to while it is new on the roster, null later on. */
export function firstLookOf(
  entry: RosterEntry,
  cycle: CycleNumber,
  everyMs: number,
  policy: IncidentPolicy,
): Digest | null {
  if (cycle >= entry.since + firstCycles) return null;
  return { digest: "first-look", until: firstLookEnds(entry, everyMs, policy) };
}

/** Epoch ms when a target isn't new any more: what was so before then was so from its first look on. */
export function firstLookEnds({ since }: RosterEntry, everyMs: number, { confirmAfter }: IncidentPolicy): number {
  return (since + firstCycles) * everyMs + Math.max(0, ...confirmAfter) + graceMs;
}
