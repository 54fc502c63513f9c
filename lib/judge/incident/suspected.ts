/** A bad answer came; looks of its own, more answers or lasting silence decide whether it opens. */

import type { Cause, CauseContext, CauseForm } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { areWithheld } from "../enforced.ts";
import { finding } from "../findings.ts";
import { cleared, manners, noted, withDue, withinHour } from "./cause.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { incidentId, type Opened, tell } from "./telling.ts";
import { cyclesOf, isIntermittent, isSteady, rateOf, trailingBad } from "./window.ts";

/** How long an answer is waited for after its look was to begin: a probe's own deadline. */
const graceMs = 30_000;
/** Looks lost by a crash are asked for again only while the last bad answer is younger than this. */
const askAgainWithin = 120_000;
/** Their own time is over by then: they follow each other closely. */
const askAgainSpacing = 5_000;

/** The delays, in place of `policy.confirmAfter`, of looks that a tick asks for again. */
export function againAfter({ confirmAfter }: IncidentPolicy): readonly number[] {
  return confirmAfter.map((delay, index) => Math.min(delay, index * askAgainSpacing));
}

export const suspected: Handlers = {
  bad: (cause, event, at) => openOrConfirm(cause, cause, event, at),
  good: dismiss,
  tick: askAgain,
  gone: (cause, { now }) => changed(cause, cleared(cause, now, [], now)),
};

/** Opens `suspect` if this bad answer is enough, and asks for confirmation looks if it isn't. */
export function openOrConfirm(before: Cause, suspect: Cause, event: VoteEvent, at: At): Step {
  const cause = { ...noted(suspect, event.vote, at), context: event.context };
  const form = formOf(cause, event, at);
  if (form !== null) return changed(before, open(cause, form, event, at));
  if (manners[cause.class] !== "confirmed") return changed(before, cause);
  const { cycle, round } = event.vote;
  // A bad confirmation has its further rounds under way; so has a look while an earlier asking runs.
  const running = round > 0 || (cause.due !== null && cause.due > at.now);
  if (running) return changed(before, { ...cause, due: answeredBy(at) });
  return changed(before, { ...cause, due: answeredBy(at) }, missingRounds(cause, cycle, at));
}

/** Silence that ended is over; a loss that came and went may come again, and stays in the window. */
function dismiss(cause: Cause, { vote }: VoteEvent, at: At): Step {
  const votes = manners[cause.class] === "confirmed" ? noted(cause, vote, at).votes : [];
  return changed(cause, cleared(cause, vote.at, votes, at.now));
}

/** The confirmation looks were swallowed, by a crash or by silence: they are asked for again, but not for ever. */
function askAgain(cause: Cause, at: At): Step {
  if (cause.due === null || cause.due > at.now) return unchanged(cause);
  const last = cause.votes.findLast(({ answer }) => answer === "bad");
  const again = last !== undefined && at.now - last.at <= askAgainWithin ? missingRounds(cause, last.cycle, at) : null;
  return changed(cause, { ...cause, due: again === null ? null : answeredBy(at) }, again);
}

function missingRounds({ votes }: Cause, cycle: number, { policy }: At): Step["confirm"] {
  const rounds = policy.confirmAfter.map((_, index) => index + 1);
  const missing = rounds.filter((round) => !votes.some((vote) => vote.cycle === cycle && vote.round === round));
  return missing.length === 0 ? null : { cycle, rounds: missing };
}

/** Epoch ms by which the next confirmation look has been answered. */
function answeredBy({ policy, now }: At): number {
  const waits = policy.confirmAfter.map((delay, index) => delay - (policy.confirmAfter[index - 1] ?? 0));
  return now + Math.max(0, ...waits) + graceMs;
}

/** How the cause opens by now; null where it doesn't. */
function formOf(cause: Cause, { sighted, held, vote }: VoteEvent, { policy }: At): CauseForm | null {
  switch (manners[cause.class]) {
    case "certain":
      return "steady";
    case "patient": {
      const lasted = vote.at - cause.stateSince >= policy.silentFor;
      return lasted && !held && cyclesOf(trailingBad(cause.votes)) >= policy.silentCycles ? "steady" : null;
    }
    case "confirmed":
      if (isSteady(cause.votes, policy, sighted.length)) return "steady";
      return isIntermittent(cause.votes, policy) ? "intermittent" : null;
  }
}

function open(cause: Cause, form: CauseForm, { vote, context, firstLook }: VoteEvent, { policy, now }: At): Cause {
  const openings = [...withinHour(cause.openings, now), now];
  const flaps = openings.length >= policy.flapsPerHour;
  const opened: Opened = {
    ...cause,
    state: "open",
    stateSince: vote.at,
    form,
    openings,
    context: form === "intermittent" ? sometimes(context, cause) : context,
    incident: {
      id: incidentId(cause.class, cause.subject, now),
      openedAt: now,
      since: firstBad(cause, form),
      endedAt: null,
      ended: null,
      acknowledged: null,
      messages: 0,
      seenFrom: [vote.vantage],
      rate: form === "intermittent" ? rateOf(cause.votes) : null,
      quiet: flaps,
      remind: { at: now + policy.remindAfter, after: policy.remindAfter },
    },
  };
  const digest = cause.class === "cleartext" && context.neverOffered ? firstLook : null;
  return withDue(tell(opened, flaps ? "flapping" : "opened", now, { digest }), policy);
}

function firstBad(cause: Cause, form: CauseForm): number {
  if (manners[cause.class] === "patient") return cause.stateSince;
  const votes = form === "steady" ? trailingBad(cause.votes) : cause.votes;
  return votes.find(({ answer }) => answer === "bad")?.at ?? cause.stateSince;
}

/** The context of a cause that shows at some answers only. */
export function sometimes(context: CauseContext, { class: cls, votes }: Cause): CauseContext {
  if (cls !== "cleartext") return context;
  const { bad, of } = rateOf(votes);
  const evidence = [`${bad} of the last ${of} answers were without TLS`];
  const changes = areWithheld(context.findings) ? { consequence: "a share of the mail queues and bounces" } : {};
  const intermittent = finding("starttls.intermittent", evidence, changes);
  return { ...context, findings: [intermittent, ...context.findings] };
}
