/** What the states of a cause share. */

import type { Cause, CauseContext, Incident, IncidentClass, Vote } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { nextTelling } from "../dates.ts";
import type { At, VoteEvent } from "./event.ts";
import { type Opened, tell } from "./telling.ts";
import { watchersOf } from "./vantages.ts";
import { append, trailingGood } from "./window.ts";

const hourMs = 3_600_000;

/**
 * How a class opens. `confirmed`: by looks of its own, or as intermittent. `certain`: at the first bad answer, and over
 * when it was not shown for the clean time. `patient`: by silence that lasts.
 */
type Manner = "confirmed" | "certain" | "patient";

const manners: Readonly<Record<IncidentClass, Manner>> = {
  cleartext: "confirmed",
  weak: "confirmed",
  unauthenticated: "confirmed",
  "unsatisfiable-policy": "confirmed",
  expiring: "certain",
  unreachable: "patient",
  "temporarily-unavailable": "patient",
  blind: "certain",
  deaf: "certain",
  "mass-change": "certain",
};

/** A parent is made of children that were confirmed: nothing more has to be. */
export function mannerOf({ class: cls, parent }: Pick<Cause, "class" | "parent">): Manner {
  return parent === null ? manners[cls] : "certain";
}

export function blank({ class: cls, subject, vote, context, parent = null }: VoteEvent): Cause {
  return {
    class: cls,
    subject,
    state: "clear",
    stateSince: vote.at,
    form: "steady",
    votes: [],
    clean: 0,
    openings: [],
    incident: null,
    context,
    outbox: [],
    folded: null,
    parent,
    due: null,
  };
}

/** With the vote in its window, and its vantage among those that it was seen from. Who has left watches no more. */
export function noted<C extends Cause>(cause: C, event: VoteEvent, { policy }: At): C {
  const { vote } = event;
  const votes = append(stillWatching(cause, event), vote, policy.window);
  if (!isOpened(cause)) return { ...cause, votes, clean: vote.answer === "bad" ? 0 : cause.clean + 1 };
  const { seenFrom } = cause.incident;
  const isNew = !seenFrom.includes(vote.vantage);
  if (vote.answer === "good") return { ...cause, votes, clean: isNew ? cause.clean : cause.clean + 1 };
  const incident = isNew ? { ...cause.incident, seenFrom: [...seenFrom, vote.vantage] } : cause.incident;
  return { ...cause, votes, clean: 0, incident };
}

/** A certificate is shown by many targets, and each has its own watchers. */
export function stillWatching(cause: Cause, event: VoteEvent): readonly Vote[] {
  const { votes } = cause;
  if (mannerOf(cause) === "certain") return votes;
  const watchers = watchersOf(event);
  return votes.every(({ vantage }) => watchers.includes(vantage))
    ? votes
    : votes.filter(({ vantage }) => watchers.includes(vantage));
}

export function isOpened(cause: Cause): cause is Opened {
  return cause.incident !== null && cause.incident.endedAt === null;
}

/** Back to `clear` with this window; openings of the last hour are kept, for flapping. */
export function cleared(cause: Cause, since: number, votes: readonly Vote[], now: number): Cause {
  const openings = withinHour(cause.openings, now);
  const due = nextForgetting(openings);
  return { ...cause, state: "clear", stateSince: since, form: "steady", votes, clean: 0, openings, folded: null, due };
}

export function ended(cause: Opened, how: "recovered" | "gone", { now }: At): Cause {
  const over: Opened = { ...cause, incident: { ...cause.incident, endedAt: now, ended: how } };
  // The bad answers of an incident that was told are done with: the next one starts a new count.
  const votes = how === "gone" ? [] : trailingGood(cause.votes);
  return cleared(tell(over, how, now), votes.at(-1)?.at ?? now, votes, now);
}

/** Epoch ms of the next reminder: of its own time, or when the acknowledgement lapses; null for none. */
export function remindAt({ acknowledged, quiet, remind }: Incident, policy: IncidentPolicy): number | null {
  if (quiet) return null;
  return acknowledged === null ? remind.at : acknowledged.at + policy.acknowledgedFor;
}

/** The next reminder `after` ms from `now`; of a certificate that has not ended by its dates, and from its end on as of all others. */
export function reminderAfter(
  { ends }: CauseContext,
  after: number,
  { remindAfter }: IncidentPolicy,
  now: number,
): Incident["remind"] {
  if (ends === undefined || now >= ends) return { at: now + after, after };
  // Its end is told by a look; where none comes, by the clock.
  return { at: nextTelling(ends, now) ?? ends + remindAfter, after: remindAfter };
}

/** Epoch ms at which second contacts are told; null: not while somebody knows of it, and not of what flaps. */
export function escalatesAt({ acknowledged, quiet, escalations }: Incident): number | null {
  return acknowledged !== null || quiet ? null : (escalations?.[0]?.at ?? null);
}

/** How long it has to be clean: after flapping an hour. */
export function cleanTime({ incident }: Opened, policy: IncidentPolicy): number {
  return incident.quiet ? Math.max(hourMs, policy.cleanFor) : policy.cleanFor;
}

/** With the time at which the tick has to look at an open or recovering cause. */
export function withDue(cause: Opened, policy: IncidentPolicy): Opened {
  return { ...cause, due: dueOf(cause, policy) };
}

function dueOf(cause: Opened, policy: IncidentPolicy): number | null {
  if (cause.state === "open") return earliest(remindAt(cause.incident, policy), escalatesAt(cause.incident));
  return mannerOf(cause) === "certain" ? cause.stateSince + cleanTime(cause, policy) : null;
}

function earliest(...times: readonly (number | null)[]): number | null {
  const given = times.filter((time) => time !== null);
  return given.length === 0 ? null : Math.min(...given);
}

export function withinHour(openings: readonly number[], now: number): readonly number[] {
  return openings.filter((at) => at > now - hourMs);
}

/** Epoch ms when the oldest opening is an hour old; null without any. */
export function nextForgetting([oldest]: readonly number[]): number | null {
  return oldest === undefined ? null : oldest + hourMs;
}
