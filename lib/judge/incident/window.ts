/** The last answers that a cause got, and what a run of them means (design "Incident machine"). */

import type { Vote } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";

/** Clean answers after which a cause of this rate would have shown again, but for one case in ten thousand. */
const doubt = 1e-4;

export interface Rate {
  readonly bad: number;
  readonly of: number;
}

/** The same look, delivered twice: at least once is what queues promise. A round that was made twice is two looks. */
export function holds(votes: readonly Vote[], { at, cycle, round, vantage }: Vote): boolean {
  return votes.some(
    (vote) => vote.at === at && vote.cycle === cycle && vote.round === round && vote.vantage === vantage,
  );
}

export function append(votes: readonly Vote[], vote: Vote, size: number): readonly Vote[] {
  return [...votes, vote].slice(-size);
}

/** The bad answers since the last good one, oldest first. */
export function trailingBad(votes: readonly Vote[]): readonly Vote[] {
  return votes.slice(votes.findLastIndex(({ answer }) => answer === "good") + 1);
}

/** The good answers since the last bad one, oldest first. */
export function trailingGood(votes: readonly Vote[]): readonly Vote[] {
  return votes.slice(votes.findLastIndex(({ answer }) => answer === "bad") + 1);
}

export function cyclesOf(votes: readonly Vote[]): number {
  return new Set(votes.map(({ cycle }) => cycle)).size;
}

/** Enough bad answers, far enough apart and from enough vantages, with no good one between. */
export function isSteady(votes: readonly Vote[], policy: IncidentPolicy, sighted: number): boolean {
  const bad = trailingBad(votes);
  const [first] = bad;
  const last = bad.at(-1);
  if (first === undefined || last === undefined || bad.length < policy.openAfter) return false;
  const vantages = new Set(bad.map(({ vantage }) => vantage)).size;
  return last.at - first.at >= policy.openSpan && vantages >= Math.min(2, sighted);
}

/** Bad at some answers and good at others between them. */
export function isIntermittent(votes: readonly Vote[], policy: IncidentPolicy): boolean {
  const first = votes.findIndex(({ answer }) => answer === "bad");
  const goodBetween = first >= 0 && votes.slice(first).some(({ answer }) => answer === "good");
  return goodBetween && rateOf(votes).bad >= policy.intermittentAfter;
}

export function rateOf(votes: readonly Vote[]): Rate {
  return { bad: votes.filter(({ answer }) => answer === "bad").length, of: votes.length };
}

/** The least n with (1 − rate)ⁿ ≤ 10⁻⁴, and a whole window at least. */
export function cleanNeeded({ bad, of }: Rate, policy: IncidentPolicy): number {
  const missed = 1 - bad / of;
  return missed <= 0 ? policy.window : Math.max(policy.window, Math.ceil(Math.log(doubt) / Math.log(missed)));
}
