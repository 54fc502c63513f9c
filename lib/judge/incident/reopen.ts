/** A bad answer while recovering: it was not over. */

import type { Cause } from "../../model/incident.ts";
import { isOpened, noted, withDue, withinHour } from "./cause.ts";
import { type At, changed, type Step, unchanged, type VoteEvent } from "./event.ts";
import { afterBad } from "./open.ts";
import { type Opened, tell } from "./telling.ts";

/** Back to `open` in silence, unless it does so too often: then one message says that it flaps. */
export function reopen(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const { votes } = noted(cause, event.vote, at);
  // An intermittent cause comes and goes by its nature: that is no flapping.
  const openings = cause.form === "steady" ? [...withinHour(cause.openings, at.now), at.now] : cause.openings;
  const flaps = !cause.incident.quiet && openings.length >= at.policy.flapsPerHour;
  const incident = flaps ? { ...cause.incident, quiet: true } : cause.incident;
  const back: Opened = { ...cause, state: "open", stateSince: event.vote.at, votes, clean: 0, openings, incident };
  // Who flaps and got worse is told once: the message shows how it is now.
  const after = afterBad(back, event, at);
  return changed(cause, flaps ? withDue(tell(after, "flapping", at.now), at.policy) : after);
}
