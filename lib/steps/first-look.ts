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
  { since }: RosterEntry,
  cycle: CycleNumber,
  everyMs: number,
  { confirmAfter }: IncidentPolicy,
): Digest | null {
  const end = since + firstCycles;
  if (cycle >= end) return null;
  return { digest: "first-look", until: end * everyMs + Math.max(0, ...confirmAfter) + graceMs };
}
