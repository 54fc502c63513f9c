/**
 * Whether a vantage still sees. It is doubted, and loses its vote at once, when its canaries fail or when a large share
 * of what was well got worse in one cycle, in networks that have nothing to do with each other: by time-outs, or by
 * missing STARTTLS, since an egress can strip it. Pure.
 */

import type { CycleMark, RosterEntry } from "../model/roster.ts";
import { type BlindKind, clearSight, type Sight, type Tally } from "../model/sight.ts";

/** What a change at once takes to be laid to our own eyes. */
const fewestTargets = 5;
const fewestNetworks = 3;
const largeShare = 0.5;
/** Looks that make sure: of canaries that fail, and of sight that came back. */
const looksToBeSure = 2;
const mostNetworks = 20;
/** Cycles for which canaries that are well speak for a change at once. */
const trustCycles = 2;

export interface SightLook {
  readonly key: string;
  readonly network: string;
  readonly isCanary: boolean;
  /** What is known of it from before. */
  readonly before: CycleMark;
  readonly mark: CycleMark;
}

export interface SightBatch {
  readonly cycle: number;
  readonly round: number;
  readonly looks: readonly SightLook[];
  /** Canaries that are watched from here, whether or not they are in the batch. */
  readonly canaries: number;
}

export interface SightAt {
  /** Epoch ms. */
  readonly now: number;
  readonly everyMs: number;
}

/** The very same object where nothing changed: then there is nothing to write. */
export function afterBatch(before: Sight | null, batch: SightBatch, at: SightAt): Sight {
  const sight = before ?? clearSight;
  const canaries = canariesAfter(sight, batch);
  const tally = tallyAfter(sight.tally, batch);
  const seen = canaries.asked ? { ...sight, failing: canaries.failing } : sight;
  const next = decide({ ...seen, tally }, canaries, batch, at);
  return isSame(next, sight) ? sight : next;
}

interface Canaries {
  /** Some are among the batch. */
  readonly asked: boolean;
  readonly failing: readonly string[];
  readonly well: boolean;
  /** More than half of all fail. */
  readonly bad: boolean;
  readonly kind: BlindKind;
}

function canariesAfter({ failing }: Sight, { looks, canaries }: SightBatch): Canaries {
  const mine = looks.filter(({ isCanary, mark }) => isCanary && mark !== "not-tried");
  const known = failing.filter((key) => !mine.some((look) => look.key === key));
  const bad = mine.filter(({ mark }) => mark !== "tls");
  const all = [...known, ...bad.map(({ key }) => key)].sort();
  const isBad = canaries > 0 && all.length * 2 > canaries;
  const kind = bad.some(({ mark }) => mark === "clear") ? "no-starttls" : "nothing-answers";
  return { asked: mine.length > 0, failing: all, well: mine.length > 0 && !isBad, bad: isBad, kind };
}

/** Only a cycle's own looks tell what changed at once; those that confirm were chosen because they were bad. */
function tallyAfter(tally: Tally | null, { cycle, round, looks }: SightBatch): Tally | null {
  if (round !== 0) return tally;
  const known = looks.filter(({ isCanary, before, mark }) => !isCanary && before === "tls" && mark !== "not-tried");
  const worse = known.filter(({ mark }) => mark !== "tls");
  const last = tally?.cycle === cycle ? tally : null;
  if (worse.length === 0) return last;
  return {
    cycle,
    well: (last?.well ?? 0) + known.length - worse.length,
    silent: (last?.silent ?? 0) + worse.filter(({ mark }) => mark === "no-answer").length,
    plain: (last?.plain ?? 0) + worse.filter(({ mark }) => mark === "clear").length,
    networks: [...new Set([...(last?.networks ?? []), ...worse.map(({ network }) => network)])].slice(0, mostNetworks),
  };
}

function isAtOnce(tally: Tally | null): tally is Tally {
  if (tally === null) return false;
  const worse = tally.silent + tally.plain;
  return (
    worse >= fewestTargets && tally.networks.length >= fewestNetworks && worse >= largeShare * (worse + tally.well)
  );
}

function decide(sight: Sight, canaries: Canaries, batch: SightBatch, at: SightAt): Sight {
  switch (sight.state) {
    case "sighted":
      return doubted(sight, canaries, batch, at);
    case "doubtful":
      return settled(sight, canaries, batch, at);
    case "blind":
      return recovered(sight, canaries, batch, at);
  }
}

function doubted(sight: Sight, canaries: Canaries, batch: SightBatch, at: SightAt): Sight {
  if (at.now < sight.trustedUntil && sight.trustedBy !== null) return sight;
  if (isAtOnce(sight.tally) && at.now >= sight.trustedUntil) {
    const atOnce = entered(sight, "doubtful", "at-once", kindOf(sight.tally), wordsOf(sight.tally), batch, at);
    if (batch.canaries > 0) return settled(atOnce, canaries, batch, at);
    return entered(sight, "blind", "at-once", atOnce.kind, atOnce.why, batch, at);
  }
  if (!canaries.asked || !canaries.bad) return sight;
  return entered(sight, "doubtful", "canaries", canaries.kind, canaryWords(canaries, batch), batch, at);
}

function settled(sight: Sight, canaries: Canaries, batch: SightBatch, at: SightAt): Sight {
  if (!canaries.asked) return sight;
  if (canaries.bad) {
    if (sight.by === "at-once") return entered(sight, "blind", "at-once", sight.kind, sight.why, batch, at);
    const count = sight.looks.count + 1;
    if (count < looksToBeSure) return { ...sight, looks: { count, cycle: batch.cycle } };
    return entered(sight, "blind", "canaries", canaries.kind, canaryWords(canaries, batch), batch, at);
  }
  // They are well: what changed at once did so out there.
  const until = sight.by === "at-once" ? at.now + trustCycles * at.everyMs : sight.trustedUntil;
  return { ...sighted(sight, batch, at), trustedUntil: until };
}

function recovered(sight: Sight, canaries: Canaries, batch: SightBatch, at: SightAt): Sight {
  const speaks = batch.canaries > 0 ? (canaries.asked ? canaries.well : null) : isWellAgain(batch);
  if (speaks === null) return sight;
  if (!speaks) return sight.looks.count === 0 ? sight : { ...sight, looks: { count: 0, cycle: batch.cycle } };
  // One look a cycle: several batches of one moment are one.
  if (sight.looks.count > 0 && sight.looks.cycle === batch.cycle) return sight;
  const count = sight.looks.count + 1;
  if (count < looksToBeSure) return { ...sight, looks: { count, cycle: batch.cycle } };
  return sighted(sight, batch, at);
}

/** Of what was well before it went blind; null where the batch has none of it. */
function isWellAgain({ round, looks }: SightBatch): boolean | null {
  const known = looks.filter(({ before, mark }) => before === "tls" && mark !== "not-tried");
  if (round !== 0 || known.length === 0) return null;
  return known.filter(({ mark }) => mark === "tls").length > largeShare * known.length;
}

function entered(
  sight: Sight,
  state: Sight["state"],
  by: Sight["by"],
  kind: Sight["kind"],
  why: string,
  { cycle }: SightBatch,
  { now }: SightAt,
): Sight {
  return { ...sight, state, since: now, by, kind, why, looks: { count: state === "blind" ? 0 : 1, cycle } };
}

function sighted(sight: Sight, { cycle }: SightBatch, { now }: SightAt): Sight {
  const looks = { count: 0, cycle };
  return { ...sight, state: "sighted", since: now, by: null, kind: null, why: "", looks, tally: null };
}

function kindOf({ silent, plain }: Tally): BlindKind {
  return plain > silent ? "no-starttls" : "nothing-answers";
}

function wordsOf(tally: Tally): string {
  const worse = tally.silent + tally.plain;
  const what = kindOf(tally) === "no-starttls" ? "offered no STARTTLS any more" : "did not answer any more";
  return `${worse} of ${worse + tally.well} targets that were well, in ${tally.networks.length} unrelated networks, ${what} in one cycle`;
}

function canaryWords({ failing, kind }: Canaries, { canaries }: SightBatch): string {
  const what = kind === "no-starttls" ? "offer no STARTTLS" : "do not answer";
  return `${failing.length} of ${canaries} canaries ${what}`;
}

export function isSighted(sight: Sight | null): boolean {
  return sight === null || sight.state === "sighted";
}

/** Public canaries have no say over what the operator vouches for: a private network has a way of its own. */
export function isBelieved(sight: Sight | null, { allowPrivate }: Pick<RosterEntry, "allowPrivate">): boolean {
  return isSighted(sight) || (sight?.by === "canaries" && allowPrivate);
}

/** The operator's word: it sees, whatever seems to be so. `until` in epoch ms. */
export function trusted(sight: Sight | null, by: string, until: number, now: number): Sight {
  const before = sight ?? clearSight;
  return {
    ...sighted(before, { cycle: 0, round: 0, looks: [], canaries: 0 }, { now, everyMs: 0 }),
    trustedUntil: until,
    trustedBy: by,
  };
}

function isSame(a: Sight, b: Sight): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
