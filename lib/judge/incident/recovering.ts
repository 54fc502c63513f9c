/** Good answers came after a bad spell: enough of them over clean time end it. */

import type { Cause } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { cleanTime, ended, isOpened, manners, noted, withDue } from "./cause.ts";
import { type At, changed, type Step, unchanged, type VoteEvent } from "./event.ts";
import type { Opened } from "./telling.ts";
import { cleanNeeded, cyclesOf, trailingGood } from "./window.ts";

export function keepRecovering(cause: Cause, { vote }: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const { votes, clean } = noted(cause, vote, at);
  return changed(cause, endWhenClean({ ...cause, votes, clean }, vote.at, at));
}

/** Ends it at a good answer, never at a tick: since the last one the server may have fallen silent. */
export function endWhenClean(cause: Opened, lastGood: number, at: At): Cause {
  const { policy } = at;
  const longEnough = lastGood - cause.stateSince >= cleanTime(cause, policy);
  const oftenEnough =
    manners[cause.class] === "certain" ||
    (cause.clean >= answersNeeded(cause, policy) && cyclesOf(trailingGood(cause.votes)) >= policy.recoverCycles);
  return longEnough && oftenEnough ? ended(cause, "recovered", at) : withDue(cause, policy);
}

function answersNeeded({ form, incident }: Opened, policy: IncidentPolicy): number {
  if (form === "steady" || incident.rate === null) return policy.recoverAfter;
  return cleanNeeded(incident.rate, policy);
}

/** A certificate that is shown no more gets no further answers: time alone ends it. */
export function endOfTime(cause: Cause, at: At): Step {
  if (!isOpened(cause) || manners[cause.class] !== "certain") return unchanged(cause);
  return at.now - cause.stateSince < cleanTime(cause, at.policy)
    ? unchanged(cause)
    : changed(cause, ended(cause, "recovered", at));
}
