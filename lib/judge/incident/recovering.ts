/** Good answers came after a bad spell: enough of them over clean time end it. */

import type { Cause } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { cleanTime, ended, isOpened, mannerOf, noted, withDue } from "./cause.ts";
import { type At, changed, type Step, unchanged, type VoteEvent } from "./event.ts";
import type { Opened } from "./telling.ts";
import { isWellForLong } from "./vantages.ts";
import { cleanNeeded } from "./window.ts";

export function keepRecovering(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  return changed(cause, endWhenClean(noted(cause, event, at), event, at));
}

/** Ends it at a good answer, never at a tick: since the last one the server may have fallen silent. */
export function endWhenClean(cause: Opened, event: VoteEvent, at: At): Cause {
  const { policy } = at;
  const longEnough = event.vote.at - cause.stateSince >= cleanTime(cause, policy);
  const oftenEnough =
    mannerOf(cause) === "certain" ||
    (cause.clean >= answersNeeded(cause, policy) && isWellForLong(cause, event, policy));
  return longEnough && oftenEnough ? ended(cause, "recovered", at) : withDue(cause, policy);
}

/** Of all vantages that it was seen from together: each of them meets the plain backend as often as any other. */
function answersNeeded({ form, incident }: Opened, policy: IncidentPolicy): number {
  return form === "intermittent" && incident.rate !== null ? cleanNeeded(incident.rate, policy) : 0;
}

/** A certificate that is shown no more gets no further answers: time alone ends it. */
export function endOfTime(cause: Cause, at: At): Step {
  if (!isOpened(cause) || mannerOf(cause) !== "certain") return unchanged(cause);
  return at.now - cause.stateSince < cleanTime(cause, at.policy)
    ? unchanged(cause)
    : changed(cause, ended(cause, "recovered", at));
}
