/** What changed at once, over the batches of a cycle: the share of what was well that isn't any more, and where. */

import { unrelatedNetworks } from "../../model/network.ts";
import type { BlindKind, Tally, Worsened } from "../../model/sight.ts";
import { isWorse, type SightBatch } from "./batch.ts";

/** What a change at once takes to be laid to our own eyes. */
export const fewestTargets = 5;
export const fewestNetworks = 3;
export const largeShare = 0.5;
/** Kept of those that got worse: enough to tell networks apart, and to be asked again. */
const mostWorse = 40;
const mostOfNetwork = 3;
const mostBatches = 1_000;

/**
 * Only a cycle's own looks tell what changed at once; those that confirm were chosen because they were bad. A batch with
 * nothing worse is counted only while the others look like a change at once: a steady cycle writes nothing.
 */
export function tallyAfter(tally: Tally | null, batch: SightBatch): Tally | null {
  const { cycle, round, slice, part, looks } = batch;
  const last = tally?.cycle === cycle ? tally : null;
  const name = `${slice}.${part}`;
  if (round !== 0) return tally;
  if (last?.batches.includes(name)) return last;
  const known = looks.filter(({ isCanary, before }) => !isCanary && before === "tls");
  const worse = known.filter(isWorse);
  if (worse.length === 0 && !(isAtOnce(last) && known.length > 0)) return last;
  return {
    cycle,
    since: Math.min(last?.since ?? Number.POSITIVE_INFINITY, ...worse.map(({ at }) => at)),
    well: (last?.well ?? 0) + known.length - worse.length,
    silent: (last?.silent ?? 0) + worse.filter(({ mark }) => mark === "no-answer").length,
    plain: (last?.plain ?? 0) + worse.filter(({ mark }) => mark === "clear").length,
    batches: [...(last?.batches ?? []), name].slice(-mostBatches),
    worse: worse.reduce(
      (kept, { key, slot, network, suffix, vouched }) => withOne(kept, { key, slice, slot, network, suffix, vouched }),
      last?.worse ?? [],
    ),
  };
}

function withOne(kept: readonly Worsened[], one: Worsened): readonly Worsened[] {
  const related = kept.filter(({ network }) => network === one.network).length;
  return kept.length < mostWorse && related < mostOfNetwork ? [...kept, one] : kept;
}

export function isAtOnce(tally: Tally | null): tally is Tally {
  if (tally === null) return false;
  const worse = tally.silent + tally.plain;
  return (
    worse >= fewestTargets &&
    worse >= largeShare * (worse + tally.well) &&
    unrelatedNetworks(tally.worse) >= fewestNetworks
  );
}

export function kindOf({ silent, plain }: Tally): BlindKind {
  return plain > silent ? "no-starttls" : "nothing-answers";
}

export function wordsOf(tally: Tally): string {
  const worse = tally.silent + tally.plain;
  const what = kindOf(tally) === "no-starttls" ? "offered no STARTTLS any more" : "did not answer any more";
  const networks = `at least ${unrelatedNetworks(tally.worse)} unrelated networks`;
  return `${worse} of ${worse + tally.well} targets that were well, in ${networks}, ${what} in one cycle`;
}
