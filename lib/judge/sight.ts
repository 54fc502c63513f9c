/**
 * Whether a vantage still sees. It is doubted, and loses its vote at once, when its canaries fail or when a large share
 * of what was well got worse in one cycle, in networks that have nothing to do with each other: by time-outs, or by
 * missing STARTTLS, since an egress can strip it. Looks made for the purpose settle the doubt. Pure.
 */

import type { RosterEntry } from "../model/roster.ts";
import { clearSight, type Sight, type Witness } from "../model/sight.ts";
import type { TargetKey } from "../model/target.ts";
import { isVouched, type SightAt, type SightBatch } from "./sight/batch.ts";
import { withGap } from "./sight/gaps.ts";
import { found, heardBy, inquiryOf } from "./sight/inquiry.ts";
import { isAtOnce, kindOf, largeShare, tallyAfter, wordsOf } from "./sight/tally.ts";

/** Cycles in a row that make sure of sight that came back. */
const looksToBeSure = 2;
/** What was held back is released at once, and so often and so long again: a sender may have read the store just before. */
const releaseEveryMs = 60_000;
const releaseForMs = 180_000;

/** The very same object where nothing changed: then there is nothing to write. */
export function afterBatch(before: Sight | null, batch: SightBatch, at: SightAt): Sight {
  const sight = before ?? clearSight;
  const seen = {
    ...sight,
    failing: failingAfter(sight.failing, batch),
    // A doubt stands on one cycle's changes.
    tally:
      sight.state === "doubtful" && sight.tally?.cycle !== batch.cycle ? sight.tally : tallyAfter(sight.tally, batch),
    inquiry: heardBy(sight.inquiry, batch.looks),
  };
  return same(sight, decide(seen, batch, at));
}

function decide(sight: Sight, batch: SightBatch, at: SightAt): Sight {
  switch (sight.state) {
    case "sighted":
      return doubted(sight, batch, at);
    case "doubtful":
      return settled(sight, at.now);
    case "blind":
      return recovered({ ...sight, tally: null }, batch, at);
  }
}

/** What only time brings: a doubt that nobody answered in time is asked about again. */
export function afterTime(sight: Sight, now: number): Sight {
  return sight.state === "doubtful" ? same(sight, settled(sight, now)) : sight;
}

/** Who is to settle the doubt was asked; without anybody to ask there is none. */
export function asked(sight: Sight, witnesses: readonly Witness[], at: SightAt): Sight {
  if (sight.state !== "doubtful" || sight.inquiry !== null) return sight;
  return witnesses.length === 0 ? believed(sight, at.now) : { ...sight, inquiry: inquiryOf(witnesses, at) };
}

function failingAfter(failing: readonly TargetKey[], { looks, canaries }: SightBatch): readonly TargetKey[] {
  const mine = looks.filter(({ isCanary }) => isCanary);
  const known = failing.filter((key) => canaries.includes(key) && !mine.some((look) => look.key === key));
  return [...known, ...mine.filter(({ mark }) => mark !== "tls").map(({ key }) => key)].sort();
}

function doubted(sight: Sight, batch: SightBatch, { now, everyMs }: SightAt): Sight {
  if (now < sight.trustedUntil && sight.trustedBy !== null) return sight;
  const doubtful = { ...sight, state: "doubtful", since: now, inquiry: null } as const;
  if (isAtOnce(sight.tally) && now >= sight.trustedUntil) {
    const { tally } = sight;
    // It may have begun at any time since the looks before.
    const troubleSince = tally.since - everyMs;
    return { ...doubtful, by: "at-once", kind: kindOf(tally), why: wordsOf(tally), troubleSince };
  }
  const mine = batch.looks.filter(({ isCanary }) => isCanary);
  if (mine.length === 0 || sight.failing.length * 2 <= batch.canaries.length) return sight;
  const kind = mine.some(({ mark }) => mark === "clear") ? "no-starttls" : "nothing-answers";
  const what = kind === "no-starttls" ? "offer no STARTTLS" : "do not answer";
  const why = `${sight.failing.length} of ${batch.canaries.length} canaries ${what}`;
  return { ...doubtful, by: "canaries", kind, why, troubleSince: now - everyMs };
}

function settled(sight: Sight, now: number): Sight {
  // Later batches of the cycle brought so much that is well that it was no change at once.
  if (sight.by === "at-once" && !isAtOnce(sight.tally)) return believed(sight, now);
  const { inquiry } = sight;
  if (inquiry === null) return sight;
  const finding = found(inquiry, now);
  if (finding === null) return sight;
  if (finding === "unheard") return { ...sight, inquiry: null };
  const { isBlind, by, kind, isOutThere } = finding;
  if (isBlind) return { ...sight, state: "blind", since: now, by, kind, tally: null, inquiry: null };
  // More of the same is to be expected.
  const isTrusted = sight.by === "at-once" && isOutThere;
  return { ...believed(sight, now), trustedUntil: isTrusted ? now + inquiry.trustMs : sight.trustedUntil };
}

/** The doubt was unfounded: nothing it saw is taken back. */
function believed(sight: Sight, now: number): Sight {
  const looks = { ...sight.looks, count: 0 };
  return {
    ...sight,
    state: "sighted",
    since: now,
    by: null,
    kind: null,
    why: "",
    looks,
    tally: null,
    inquiry: null,
    troubleSince: null,
  };
}

function recovered(sight: Sight, batch: SightBatch, { now }: SightAt): Sight {
  const isWell = sight.by === "canaries" && batch.canaries.length > 0 ? areWell(sight, batch) : isWellAgain(batch);
  if (isWell === null) return sight;
  if (!isWell) return sight.looks.count === 0 ? sight : { ...sight, looks: { count: 0, cycle: batch.cycle } };
  // One look a cycle: several batches of one moment are one.
  if (sight.looks.count > 0 && sight.looks.cycle === batch.cycle) return sight;
  const looks = { count: sight.looks.count + 1, cycle: batch.cycle };
  if (looks.count < looksToBeSure) return { ...sight, looks };
  // The looks that said so are the first that count.
  const until = Math.min(now, ...batch.looks.map(({ at }) => at));
  return { ...believed(sight, now), gaps: withGap(sight, until), releaseAt: now };
}

function areWell({ failing }: Sight, { looks, canaries }: SightBatch): boolean | null {
  return looks.some(({ isCanary }) => isCanary) ? failing.length * 2 <= canaries.length : null;
}

/** Of what was well before it went blind, and of what is well that came since; null where the batch has none of it. */
function isWellAgain({ round, looks }: SightBatch): boolean | null {
  const known = looks.filter(({ before, mark }) => before === "tls" || mark === "tls");
  if (round !== 0 || known.length === 0) return null;
  return known.filter(({ mark }) => mark === "tls").length > largeShare * known.length;
}

export function isSighted(sight: Sight | null): boolean {
  return sight === null || sight.state === "sighted";
}

/** Public canaries have no say over private addresses that the operator vouches for. */
export function isBelieved(sight: Sight | null, entry: Pick<RosterEntry, "allowPrivate" | "target">): boolean {
  return isSighted(sight) || (sight?.by === "canaries" && isVouched(entry));
}

/** The operator's word: it sees, whatever seems to be so. `until` in epoch ms. */
export function trusted(sight: Sight | null, by: string, until: number, now: number): Sight {
  const before = sight ?? clearSight;
  const releaseAt = before.state === "blind" ? now : before.releaseAt;
  return { ...believed(before, now), releaseAt, trustedUntil: until, trustedBy: by };
}

/** Nobody is looked at from there any more: it is neither blind nor does it see. */
export function forgotten(sight: Sight, now: number): Sight {
  return { ...believed(sight, now), releaseAt: null, told: false };
}

/** What was held back for it was released at `now`. */
export function released(sight: Sight, now: number): Sight {
  const next = now + releaseEveryMs;
  return { ...sight, releaseAt: next > sight.since + releaseForMs ? null : next };
}

function same(before: Sight, after: Sight): Sight {
  const keys = Object.keys(after) as (keyof Sight)[];
  const isSame = (key: keyof Sight) =>
    after[key] === before[key] || JSON.stringify(after[key]) === JSON.stringify(before[key]);
  return keys.every(isSame) ? before : after;
}
