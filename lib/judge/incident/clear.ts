/** Nothing is wrong, as far as is known; the window may still hold bad answers. */

import type { Cause } from "../../model/incident.ts";
import { cleared, nextForgetting, noted, stillWatching, withinHour } from "./cause.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { openOrConfirm } from "./suspected.ts";
import { of } from "./window.ts";

export const clear: Handlers = { bad: suspect, good: countClean, tick: forgetOpenings, gone: forget };

function suspect(cause: Cause, event: VoteEvent, at: At): Step {
  const suspected: Cause = { ...cause, state: "suspected", stateSince: event.vote.at, due: null };
  return openOrConfirm(cause, suspected, event, at);
}

/** Only a vantage with a bad answer in its window has to be counted on. */
function countClean(cause: Cause, event: VoteEvent, at: At): Step {
  const isGood = of(cause.votes, event.vote.vantage).every(({ answer }) => answer === "good");
  return isGood && stillWatching(cause, event) === cause.votes
    ? unchanged(cause)
    : changed(cause, noted(cause, event, at));
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
