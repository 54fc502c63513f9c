/**
 * The incident machine: `clear → suspected → open → recovering → clear`. Pure: the next state of a cause, the looks it
 * wants and the messages it owes, after one answer or at one tick of the clock.
 *
 * Silence (`none`) changes no state: it neither opens nor heals. What lasts of it is a bad vote to `unreachable`.
 */

import type { Cause, CauseState } from "../model/incident.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import { blank } from "./incident/cause.ts";
import { clear } from "./incident/clear.ts";
import { type At, type CauseEvent, type Handlers, type Step, unchanged, type VoteEvent } from "./incident/event.ts";
import { acknowledge, dropped, open } from "./incident/open.ts";
import { endOfTime, keepRecovering } from "./incident/recovering.ts";
import { reopen } from "./incident/reopen.ts";
import { notAhead } from "./incident/set-back.ts";
import { suspected } from "./incident/suspected.ts";
import { isLate } from "./incident/vantages.ts";
import { holds } from "./incident/window.ts";

export type { CauseEvent, Step, VoteEvent } from "./incident/event.ts";
export { againAfter } from "./incident/suspected.ts";
export { type Digest, incidentId } from "./incident/telling.ts";

const states: Readonly<Record<CauseState, Handlers>> = {
  clear,
  suspected,
  open,
  recovering: { bad: reopen, good: keepRecovering, tick: endOfTime, gone: dropped },
};

/**
 * The next state of a cause at `now` (epoch ms); `kept` is null where nothing is kept of it. Redelivered votes, and
 * votes older than the present state, change nothing; of several vantages' looks of about the same moment each counts.
 */
export function advance(kept: Cause | null, event: CauseEvent, policy: IncidentPolicy, now: number): Step {
  const at: At = { policy, now };
  const cause = kept && notAhead(kept, event.kind === "vote" ? Math.min(event.vote.at, now) : now, now);
  if (event.kind === "vote") return cast(cause, event, at);
  if (cause === null) return unchanged(null);
  switch (event.kind) {
    case "tick":
      return states[cause.state].tick(cause, at);
    case "gone":
      return states[cause.state].gone(cause, at);
    case "acknowledge":
      return acknowledge(cause, event.by, at);
  }
}

function cast(cause: Cause | null, event: VoteEvent, at: At): Step {
  const { vote } = event;
  if (vote.answer === "none") return unchanged(cause);
  if (cause === null) return vote.answer === "good" ? unchanged(null) : clear.bad(blank(event), event, at);
  if (isLate(cause, event) || holds(cause.votes, vote)) return unchanged(cause);
  return states[cause.state][vote.answer](cause, event, at);
}
