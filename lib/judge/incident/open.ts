/** It was told. Silence changes nothing here; only the server's own good word leads on. */

import { severities } from "../../model/finding.ts";
import type { Cause } from "../../model/incident.ts";
import { ended, isOpened, mayRemind, noted, withDue } from "./cause.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { endWhenClean } from "./recovering.ts";
import { sometimes } from "./suspected.ts";
import { type Opened, tell } from "./telling.ts";
import { isSteady, rateOf } from "./window.ts";

export const open: Handlers = { bad: suffer, good: recover, tick: remind, gone: dropped };

/** A further bad answer of a steady cause changes nothing, so that it costs no write. */
function suffer(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause) || (cause.form === "steady" && !rises(cause, event))) return unchanged(cause);
  return changed(cause, afterBad({ ...cause, ...noted(cause, event.vote, at), incident: cause.incident }, event, at));
}

/** What one more bad answer, already in the window, makes of an open cause: worse where it rises or became steady. */
export function afterBad(cause: Opened, event: VoteEvent, at: At): Opened {
  const { policy, now } = at;
  const steadies = cause.form === "intermittent" && isSteady(cause.votes, policy, event.sighted.length);
  if (steadies) return worse({ ...cause, form: "steady", context: event.context }, null, now, at);
  const rate = cause.form === "steady" ? null : rateOf(cause.votes);
  if (!rises(cause, event)) return withDue({ ...cause, incident: { ...cause.incident, rate } }, policy);
  const context = cause.form === "steady" ? event.context : sometimes(event.context, cause);
  return worse({ ...cause, context }, rate, now, at);
}

function rises({ context }: Cause, event: VoteEvent): boolean {
  return severities.indexOf(event.context.severity) > severities.indexOf(context.severity);
}

/** Told again, and who acknowledged it has to look again. */
function worse(cause: Opened, rate: Opened["incident"]["rate"], now: number, { policy }: At): Opened {
  const remind = { at: now + policy.remindAfter, after: policy.remindAfter };
  const again: Opened = { ...cause, incident: { ...cause.incident, rate, acknowledged: null, remind } };
  return withDue(cause.incident.quiet ? again : tell(again, "worse", now), policy);
}

function recover(cause: Cause, { vote }: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const { votes } = noted(cause, vote, at);
  const recovering: Opened = { ...cause, votes, clean: 1, state: "recovering", stateSince: vote.at };
  return changed(cause, endWhenClean(recovering, vote.at, at));
}

/** The wait doubles each time. */
function remind(cause: Cause, { policy, now }: At): Step {
  if (!isOpened(cause) || !mayRemind(cause.incident) || cause.incident.remind.at > now) return unchanged(cause);
  const after = cause.incident.remind.after * 2;
  const told = tell(cause, "reminder", now);
  return changed(
    cause,
    withDue({ ...told, incident: { ...told.incident, remind: { at: now + after, after } } }, policy),
  );
}

/** DNS dropped the subject: that is no recovery. */
export function dropped(cause: Cause, at: At): Step {
  return isOpened(cause) ? changed(cause, ended(cause, "gone", at)) : unchanged(cause);
}

/** No more reminders until it gets worse or ends. */
export function acknowledge(cause: Cause, by: string, { policy, now }: At): Step {
  if (!isOpened(cause) || cause.incident.acknowledged !== null) return unchanged(cause);
  const acknowledged: Opened = { ...cause, incident: { ...cause.incident, acknowledged: { by, at: now } } };
  return changed(cause, withDue(acknowledged, policy));
}
