/** A bad answer came; looks of its own, more answers or lasting silence decide whether it opens. */

import { type Cause, type CauseForm, certificatesDigest } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { toldWeekly } from "../dates.ts";
import { cleared, mannerOf, noted, reminderAfter, withDue, withinHour } from "./cause.ts";
import { inForm, rateOfSuffering, seenSideBySide } from "./context.ts";
import { type At, changed, type Handlers, type Step, unchanged, type VoteEvent } from "./event.ts";
import { type Digest, incidentId, type Opened, tell } from "./telling.ts";
import { isBadSomewhere } from "./vantages.ts";
import {
  badRun,
  cyclesOf,
  isIntermittent,
  isPartial,
  isSteady,
  of,
  suffering,
  trailingBad,
  vantagesOf,
  wordOf,
} from "./window.ts";

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
  if (isWaiting(suspect, event, at)) return unchanged(before);
  const standing = withoutAnswered(suspect, event);
  const cause = { ...noted(standing, event, at), context: seenSideBySide(standing, event) };
  const form = formOf(cause, event, at);
  if (form !== null) return changed(before, open(cause, form, event, at));
  if (mannerOf(cause) !== "confirmed") return changed(before, cause);
  const { cycle, round } = event.vote;
  // A bad confirmation has its further rounds under way; so has a look while an earlier asking runs.
  const running = round > 0 || (cause.due !== null && cause.due > at.now);
  if (running) return changed(before, { ...cause, due: answeredBy(at) });
  return changed(before, { ...cause, due: answeredBy(at) }, missingRounds(cause, cycle, at));
}

/** Silence here that goes on while another vantage is answered opens nothing, and costs no writes. */
function isWaiting(cause: Cause, { vote, sighted }: VoteEvent, { policy }: At): boolean {
  const { votes } = cause;
  if (mannerOf(cause) !== "patient" || !sighted.some((vantage) => wordOf(votes, vantage) === "good")) return false;
  return trailingBad(of(votes, vote.vantage)).length >= policy.silentCycles;
}

/** Who was answered and has no vote any more can't say until when: the silence of the others is counted from now. */
function withoutAnswered(cause: Cause, { vote, sighted }: VoteEvent): Cause {
  if (mannerOf(cause) !== "patient") return cause;
  const isAnswered = (vantage: string) => wordOf(cause.votes, vantage) === "good" && !sighted.includes(vantage);
  return vantagesOf(cause.votes).some(isAnswered) ? { ...cause, stateSince: vote.at, votes: [] } : cause;
}

/**
 * Silence that ended is over. A loss that came and went may come again, and stays in the window. What another vantage
 * keeps seeing is none the better for it.
 */
function dismiss(cause: Cause, event: VoteEvent, at: At): Step {
  const { vote } = event;
  const isPatient = mannerOf(cause) === "patient";
  const after = noted(cause, event, at);
  if (!isBadSomewhere(after.votes, event)) {
    return changed(cause, cleared(cause, vote.at, isPatient ? [] : after.votes, at.now));
  }
  const divided = { ...after, context: seenSideBySide(cause, event) };
  if (isPatient) return wordOf(cause.votes, vote.vantage) === "good" ? unchanged(cause) : changed(cause, divided);
  if (isPartial(divided.votes, at.policy, event.sighted)) return changed(cause, open(divided, "partial", event, at));
  return changed(cause, divided);
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
  const from = votes.findLast(({ answer }) => answer === "bad")?.vantage ?? "";
  const made = of(votes, from).filter((vote) => vote.cycle === cycle);
  const missing = rounds.filter((round) => !made.some((vote) => vote.round === round));
  return missing.length === 0 ? null : { cycle, rounds: missing };
}

/** Epoch ms by which the next confirmation look has been answered. */
function answeredBy({ policy, now }: At): number {
  const waits = policy.confirmAfter.map((delay, index) => delay - (policy.confirmAfter[index - 1] ?? 0));
  return now + Math.max(0, ...waits) + graceMs;
}

/** How the cause opens by now; null where it doesn't. */
function formOf(cause: Cause, { sighted, held, vote }: VoteEvent, { policy }: At): CauseForm | null {
  switch (mannerOf(cause)) {
    case "certain":
      return "steady";
    case "patient": {
      if (held || sighted.some((vantage) => wordOf(cause.votes, vantage) === "good")) return null;
      const since = silentSince(cause);
      const silent = cause.votes.filter(({ answer, at }) => answer === "bad" && at >= since);
      const isLong = vote.at - since >= policy.silentFor && cyclesOf(silent) >= policy.silentCycles;
      return isLong ? "steady" : null;
    }
    case "confirmed":
      if (isSteady(cause.votes, policy, sighted)) return "steady";
      if (isIntermittent(of(cause.votes, vote.vantage), policy)) return "intermittent";
      return isPartial(cause.votes, policy, sighted) ? "partial" : null;
  }
}

function open(cause: Cause, form: CauseForm, { vote, firstLook, sighted }: VoteEvent, { policy, now }: At): Cause {
  const openings = [...withinHour(cause.openings, now), now];
  const flaps = openings.length >= policy.flapsPerHour;
  const opened: Opened = {
    ...cause,
    state: "open",
    stateSince: vote.at,
    form,
    openings,
    context: inForm(cause.context, form, cause),
    incident: {
      id: incidentId(cause.class, cause.subject, now),
      openedAt: now,
      since: firstBad(cause, form, sighted),
      endedAt: null,
      ended: null,
      acknowledged: null,
      messages: 0,
      seenFrom: seenFrom(cause, form, vote.vantage),
      rate: form === "intermittent" ? rateOfSuffering(cause.votes) : null,
      quiet: flaps,
      remind: reminderAfter(cause.context, policy.remindAfter, policy, now),
      escalations: null,
      escalated: 0,
    },
  };
  const isFirstLook = cause.class === "cleartext" && cause.context.neverOffered;
  const digest = isFirstLook ? firstLook : weeklyOf(cause.context, now);
  return withDue(
    tell(opened, flaps ? "flapping" : "opened", now, { digest, notBefore: groupedBy(opened, policy, now) }),
    policy,
  );
}

/** A certificate whose end is far is no news of the day. */
function weeklyOf({ ends }: Cause["context"], now: number): Digest | null {
  const until = ends === undefined ? null : toldWeekly(ends, now);
  return until === null ? null : { digest: certificatesDigest, until };
}

/** Others of the same cause come at about the same time: it waits for them a little, and isn't told late because of it. */
function groupedBy(cause: Opened, { groupWait, toldWithin }: IncidentPolicy, now: number): number {
  if (mannerOf(cause) === "certain") return now;
  return Math.max(now, Math.min(now + groupWait, cause.incident.since + toldWithin));
}

/** Epoch ms since which no vantage was answered. */
function silentSince({ stateSince, votes }: Cause): number {
  const answered = vantagesOf(votes.filter(({ answer }) => answer === "good"));
  const starts = answered.map((vantage) => trailingBad(of(votes, vantage))[0]?.at ?? stateSince);
  return Math.max(stateSince, ...starts);
}

/** Of vantages that saw it once in a window only the intermittent asks: the others are well. */
function seenFrom(cause: Cause, form: CauseForm, from: string): readonly string[] {
  const { votes } = cause;
  if (mannerOf(cause) === "certain") return [from];
  const all = suffering(votes);
  return form === "intermittent" ? all : all.filter((vantage) => wordOf(votes, vantage) === "bad");
}

function firstBad(cause: Cause, form: CauseForm, sighted: readonly string[]): number {
  if (mannerOf(cause) === "patient") return silentSince(cause);
  return firstOf(cause, form, sighted) ?? cause.stateSince;
}

/** Epoch ms of the first bad answer: in the whole window, or of the runs that the form is made of. */
function firstOf({ votes }: Cause, form: CauseForm, sighted: readonly string[]): number | undefined {
  switch (form) {
    case "intermittent":
      return votes.find(({ answer }) => answer === "bad")?.at;
    case "steady":
      return badRun(votes, sighted)[0]?.at;
    case "partial": {
      const runs = sighted.flatMap((vantage) => trailingBad(of(votes, vantage))[0] ?? []);
      return Math.min(...runs.map(({ at }) => at));
    }
  }
}
