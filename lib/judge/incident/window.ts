/** The last answers that a cause got, in the order they were given, and what a run of them means (design "Incident machine"). */

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

/** In its place among the others; of one vantage `size` at most are kept. */
export function append(votes: readonly Vote[], vote: Vote, size: number): readonly Vote[] {
  const place = votes.findLastIndex(({ at }) => at <= vote.at) + 1;
  const all = votes.toSpliced(place, 0, vote);
  if (of(all, vote.vantage).length <= size) return all;
  return all.toSpliced(
    all.findIndex(({ vantage }) => vantage === vote.vantage),
    1,
  );
}

/** The answers that one vantage got. */
export function of(votes: readonly Vote[], vantage: string): readonly Vote[] {
  return votes.filter((vote) => vote.vantage === vantage);
}

/** What a vantage got last; undefined where it got no answer yet. */
export function wordOf(votes: readonly Vote[], from: string): Vote["answer"] | undefined {
  return votes.findLast(({ vantage }) => vantage === from)?.answer;
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

export function vantagesOf(votes: readonly Vote[]): readonly string[] {
  return [...new Set(votes.map(({ vantage }) => vantage))];
}

/** Vantages that got at least one bad answer. */
export function suffering(votes: readonly Vote[]): readonly string[] {
  return vantagesOf(votes.filter(({ answer }) => answer === "bad"));
}

/** The bad answers of the `sighted` since the last good one of any: what a vantage got well before it went blind holds. */
export function badRun(votes: readonly Vote[], sighted: readonly string[]): readonly Vote[] {
  return trailingBad(votes.filter(({ vantage, answer }) => answer === "good" || sighted.includes(vantage)));
}

/**
 * Enough bad answers, far enough apart and from two of the `sighted` vantages, with no good one between from any. Where
 * all others stay silent one is enough that got them in two cycles: in both, the others were asked as well.
 */
export function isSteady(votes: readonly Vote[], policy: IncidentPolicy, sighted: readonly string[]): boolean {
  const bad = badRun(votes, sighted);
  if (!isEnough(bad, policy)) return false;
  if (vantagesOf(bad).length >= Math.min(2, sighted.length)) return true;
  const inLast = bad.filter(({ cycle }) => cycle === bad.at(-1)?.cycle);
  return cyclesOf(bad) >= 2 && inLast.length >= policy.openAfter;
}

/** A vantage that disagrees with itself: bad at some of its answers, and good at others between them. */
export function isIntermittent(own: readonly Vote[], policy: IncidentPolicy): boolean {
  const first = own.findIndex(({ answer }) => answer === "bad");
  const goodBetween = first >= 0 && own.slice(first).some(({ answer }) => answer === "good");
  return goodBetween && rateOf(own).bad >= policy.intermittentAfter;
}

/** Vantages that disagree, each with itself agreed: as many bad rounds here as good ones meanwhile there. */
export function isPartial(votes: readonly Vote[], policy: IncidentPolicy, sighted: readonly string[]): boolean {
  const each = sighted.map((vantage) => of(votes, vantage));
  return each.some((here) => {
    const bad = trailingBad(here);
    const since = bad[0]?.at ?? 0;
    const isWellThere = (there: readonly Vote[]) =>
      trailingGood(there).filter(({ at }) => at >= since).length >= policy.openAfter;
    return isEnough(bad, policy) && each.some(isWellThere);
  });
}

function isEnough(bad: readonly Vote[], policy: IncidentPolicy): boolean {
  const span = (bad.at(-1)?.at ?? 0) - (bad[0]?.at ?? 0);
  return bad.length >= policy.openAfter && span >= policy.openSpan;
}

export function rateOf(votes: readonly Vote[]): Rate {
  return { bad: votes.filter(({ answer }) => answer === "bad").length, of: votes.length };
}

/** The least n with (1 − rate)ⁿ ≤ 10⁻⁴, and a whole window at least. */
export function cleanNeeded({ bad, of: all }: Rate, policy: IncidentPolicy): number {
  const missed = 1 - bad / all;
  return missed <= 0 ? policy.window : Math.max(policy.window, Math.ceil(Math.log(doubt) / Math.log(missed)));
}
