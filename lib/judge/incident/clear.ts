/** Nothing is wrong, as far as is known; the window may still hold bad answers. */

import type { Cause } from "../../model/incident.ts";
import { cleared, nextForgetting, noted, withinHour } from "./cause.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { openOrConfirm } from "./suspected.ts";

export const clear: Handlers = { bad: suspect, good: countClean, tick: forgetOpenings, gone: forget };

function suspect(cause: Cause, event: VoteEvent, at: At): Step {
  const suspected: Cause = { ...cause, state: "suspected", stateSince: event.vote.at, due: null };
  return openOrConfirm(cause, suspected, event, at);
}

/** Only a window with a bad answer in it has to be counted on. */
function countClean(cause: Cause, { vote }: VoteEvent, at: At): Step {
  if (cause.votes.every(({ answer }) => answer === "good")) return unchanged(cause);
  return changed(cause, noted(cause, vote, at));
}

function forgetOpenings(cause: Cause, { now }: At): Step {
  const openings = withinHour(cause.openings, now);
  const due = nextForgetting(openings);
  return openings.length === cause.openings.length && due === cause.due
    ? unchanged(cause)
    : changed(cause, { ...cause, openings, due });
}

function forget(cause: Cause, { now }: At): Step {
  return cause.votes.length === 0 ? unchanged(cause) : changed(cause, cleared(cause, now, [], now));
}
