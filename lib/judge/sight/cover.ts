/** What is held back because nobody who sees vouches for it. Pure. */

import type { Cover } from "../../model/cover.ts";
import type { Cause } from "../../model/incident.ts";
import { isSeen } from "../../model/seen.ts";
import type { Sight } from "../../model/sight.ts";
import { isOwn } from "./gaps.ts";

/** Looked at again after this long: when the vantage sees again, all that it held back is released. */
const blindHoldMs = 3_600_000;

/** Of an incident whose every vantage, by whose word it was opened, has lost its vote since. `now` in epoch ms. */
export function blindCover(cause: Cause, sights: ReadonlyMap<string, Sight | null>, now: number): Cover | null {
  const { class: cls, incident, state } = cause;
  if (state === "clear" || incident === null || !isSeen[cls]) return null;
  const seen = incident.seenFrom.map((id) => sights.get(id) ?? null);
  if (seen.length === 0 || !seen.every((sight) => sight !== null && takesVote(sight, cause))) return null;
  const [id = ""] = incident.seenFrom;
  // Its beginning and not now: the same hold is recorded once.
  const since = sights.get(id)?.since ?? now;
  const until = since + Math.ceil((now - since + 1) / blindHoldMs) * blindHoldMs;
  return { kind: "blind", id, reason: sights.get(id)?.why ?? "", by: null, until };
}

/** Canaries have no say over private addresses that the operator vouches for. */
function takesVote({ state, by }: Sight, cause: Cause): boolean {
  return state !== "sighted" && !(by === "canaries" && isOwn(cause));
}
