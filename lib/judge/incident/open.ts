/** It was told. Silence changes nothing here; only the server's own good word leads on. */

import { severities } from "../../model/finding.ts";
import type { Cause, Incident } from "../../model/incident.ts";
import { wantsEvidence, withEvidence } from "../bear-out.ts";
import { ended, isOpened, mannerOf, noted, remindAt, reminderAfter, withDue, withinHour } from "./cause.ts";
import { inForm, rateOfSuffering, seenSideBySide } from "./context.ts";
import { escalate } from "./escalate.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { endWhenClean } from "./recovering.ts";
import { type Opened, tell } from "./telling.ts";
import { isSettled, isWell } from "./vantages.ts";
import { isPartial, isSteady, of, wordOf } from "./window.ts";

export const open: Handlers = { bad: suffer, good: recover, tick: speakUp, gone: dropped };

/** A further bad answer of a steady cause changes nothing, so that it costs no write; unless a message waits to be true still. */
function suffer(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const isNews = !isKnown(cause, event) || rises(cause, event);
  if (!isNews && !wantsEvidence(cause)) return unchanged(cause);
  const suffering = withEvidence(noted(cause, event, at), at.now);
  return changed(cause, isNews ? afterBad(suffering, event, at) : suffering);
}

function isKnown(cause: Opened, { vote }: VoteEvent): boolean {
  const { form, votes } = cause;
  return form === "steady" && (mannerOf(cause) === "certain" || wordOf(votes, vote.vantage) === "bad");
}

/** What one more bad answer, already in the window, makes of an open cause: worse where it rises or became steady. */
export function afterBad(cause: Opened, event: VoteEvent, at: At): Opened {
  const { policy, now } = at;
  const { form, votes } = cause;
  if (form !== "steady" && isSteady(votes, policy, event.sighted)) {
    // From some places, from everywhere, and from some again: that is flapping as well.
    const openings = form === "partial" ? [...withinHour(cause.openings, now), now] : cause.openings;
    const context = inForm(seenSideBySide(cause, event), "steady", cause);
    return worse({ ...cause, form: "steady", openings, context }, null, at);
  }
  const rate = form === "intermittent" ? rateOfSuffering(votes) : null;
  if (rises(cause, event)) {
    return worse({ ...cause, context: inForm(seenSideBySide(cause, event), form, cause) }, rate, at);
  }
  const context = form === "partial" ? inForm(seenSideBySide(cause, event), form, cause) : cause.context;
  return withDue({ ...cause, context, incident: { ...cause.incident, rate } }, policy);
}

function rises({ context }: Cause, event: VoteEvent): boolean {
  return severities.indexOf(event.context.severity) > severities.indexOf(context.severity);
}

/** Told again, and who acknowledged it has to look again. */
function worse(cause: Opened, rate: Opened["incident"]["rate"], { policy, now }: At): Opened {
  const { quiet } = cause.incident;
  const flaps = !quiet && cause.form === "steady" && withinHour(cause.openings, now).length >= policy.flapsPerHour;
  const remind = reminderAfter(cause.context, policy.remindAfter, policy, now);
  const incident = { ...unacknowledged(cause.incident), rate, remind, quiet: quiet || flaps };
  const again: Opened = { ...cause, incident };
  return withDue(quiet ? again : tell(again, flaps ? "flapping" : "worse", now), policy);
}

/** The first good answer leads on where all that have to say so agree; else others still see what it was opened for. */
function recover(cause: Cause, event: VoteEvent, at: At): Step {
  if (!isOpened(cause)) return unchanged(cause);
  const { vote } = event;
  const after = noted(cause, event, at);
  if (mannerOf(cause) === "certain" || isWell(after, event)) {
    const clean = Math.max(1, after.clean);
    const recovering: Opened = { ...after, clean, state: "recovering", stateSince: vote.at };
    return changed(cause, endWhenClean(recovering, event, at));
  }
  if (cause.form === "steady" && isSettled(of(cause.votes, vote.vantage), at.policy)) return unchanged(cause);
  const isDivided = mannerOf(cause) === "confirmed" && isPartial(after.votes, at.policy, event.sighted);
  const form = isDivided && cause.form === "steady" ? "partial" : cause.form;
  const context = inForm(seenSideBySide(cause, event), form, after);
  return changed(cause, withDue({ ...after, form, context }, at.policy));
}

/** Second contacts wait once more, from when the first ones are told again. */
function unacknowledged(incident: Incident): Incident {
  return incident.acknowledged === null ? incident : { ...incident, acknowledged: null, escalations: null };
}

function speakUp(cause: Cause, at: At): Step {
  const told = isOpened(cause) ? escalate(cause, at.policy, at.now) : null;
  return told === null ? remind(cause, at) : changed(cause, told);
}

/** The wait doubles each time; what was acknowledged long ago is reminded of as if it were new. */
function remind(cause: Cause, { policy, now }: At): Step {
  if (!isOpened(cause) || (remindAt(cause.incident, policy) ?? now + 1) > now) return unchanged(cause);
  const { acknowledged, remind } = cause.incident;
  const after = acknowledged === null ? remind.after * 2 : policy.remindAfter;
  const awake: Opened = { ...cause, incident: unacknowledged(cause.incident) };
  const told = tell(awake, "reminder", now, { lapsed: acknowledged });
  return changed(
    cause,
    withDue(
      { ...told, incident: { ...told.incident, remind: reminderAfter(cause.context, after, policy, now) } },
      policy,
    ),
  );
}

/** DNS dropped the subject: that is no recovery. */
export function dropped(cause: Cause, at: At): Step {
  return isOpened(cause) ? changed(cause, ended(cause, "gone", at)) : unchanged(cause);
}

/** No more reminders until it gets worse or ends, or a week is over. */
export function acknowledge(cause: Cause, by: string, { policy, now }: At): Step {
  if (!isOpened(cause) || cause.incident.acknowledged !== null) return unchanged(cause);
  const acknowledged: Opened = { ...cause, incident: { ...cause.incident, acknowledged: { by, at: now } } };
  return changed(cause, withDue(acknowledged, policy));
}
