/** A bad answer while recovering: it was not over. */

import type { Cause } from "../../model/incident.ts";
import { withEvidence } from "../bear-out.ts";
import { isOpened, noted, withDue, withinHour } from "./cause.ts";
import { type At, changed, type Step, unchanged, type VoteEvent } from "./event.ts";
import { afterBad } from "./open.ts";
import { type Opened, tell } from "./telling.ts";

/** Back to `open` in silence, unless it does so too often: then one message says that it flaps. */
export function reopen(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const after = withEvidence(noted(cause, event, at), at.now);
  // An intermittent cause comes and goes by its nature: that is no flapping.
  const openings = cause.form === "intermittent" ? cause.openings : [...withinHour(cause.openings, at.now), at.now];
  const flaps = !cause.incident.quiet && cause.form !== "intermittent" && openings.length >= at.policy.flapsPerHour;
  const incident = flaps ? { ...after.incident, quiet: true } : after.incident;
  const back: Opened = { ...after, state: "open", stateSince: event.vote.at, openings, incident };
  // Who flaps and got worse is told once: the message shows how it is now.
  const open = afterBad(back, event, at);
  return changed(cause, flaps ? withDue(tell(open, "flapping", at.now), at.policy) : open);
}
