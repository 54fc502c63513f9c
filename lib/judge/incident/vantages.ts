/** Whose word counts: what several vantages got of one subject, taken together. */

import type { Cause, Vote } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import type { VoteEvent } from "./event.ts";
import type { Opened } from "./telling.ts";
import { cyclesOf, of, trailingGood, wordOf } from "./window.ts";

/** Looks that are no farther apart were made at about the same moment, whichever is judged first. */
const aboutNowMs = 60_000;

/** Vantages that watch the subject, sighted or not. */
export function watchersOf({ sighted, blinded, vote }: VoteEvent): readonly string[] {
  return [...new Set([...sighted, ...blinded, vote.vantage])];
}

/** A look older than its cause's state, but for one that another vantage made at about that moment. */
export function isLate({ stateSince, votes }: Cause, event: VoteEvent): boolean {
  const { at, vantage } = event.vote;
  if (at >= stateSince) return false;
  if (watchersOf(event).length === 1 || at < stateSince - aboutNowMs) return true;
  return (of(votes, vantage).at(-1)?.at ?? 0) >= at;
}

/** Somebody with a vote got a bad answer last. */
export function isBadSomewhere(votes: readonly Vote[], { sighted }: VoteEvent): boolean {
  return sighted.some((vantage) => wordOf(votes, vantage) === "bad");
}

/**
 * Vantages that have to say that it is over: those with a vote that it was seen from. While all of these are blind nobody
 * can; where they have left, all that are there.
 */
function askedOf({ incident }: Opened, { sighted, blinded }: VoteEvent): readonly string[] | null {
  const asked = incident.seenFrom.filter((vantage) => sighted.includes(vantage));
  if (asked.length > 0) return asked;
  return incident.seenFrom.some((vantage) => blinded.includes(vantage)) ? null : sighted;
}

/** Whoever has to say so got a good answer last. */
export function isWell(cause: Opened, event: VoteEvent): boolean {
  return askedOf(cause, event)?.every((vantage) => wordOf(cause.votes, vantage) !== "bad") ?? false;
}

/** And each of them often enough, over enough cycles. */
export function isWellForLong(cause: Opened, event: VoteEvent, policy: IncidentPolicy): boolean {
  const heard = askedOf(cause, event)?.filter((vantage) => wordOf(cause.votes, vantage) !== undefined);
  return heard?.every((vantage) => isSettled(of(cause.votes, vantage), policy)) ?? false;
}

/** `own` are the answers of one vantage. */
export function isSettled(own: readonly Vote[], { recoverAfter, recoverCycles }: IncidentPolicy): boolean {
  const good = trailingGood(own);
  return good.length >= recoverAfter && cyclesOf(good) >= recoverCycles;
}
