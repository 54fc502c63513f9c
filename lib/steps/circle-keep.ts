/** Writes whose contacts stand behind which shared target, where that changed. */

import type { Circle } from "../model/circle.ts";
import type { Slice } from "../model/roster.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";

interface Rosters {
  readonly old: readonly Slice[];
  readonly changed: readonly Slice[];
  readonly circleOf: (target: TargetKey) => Circle | undefined;
}

/** So long the end of an incident finds those who were told of it. */
const keptMs = 30 * 86_400_000;

/**
 * Before the slices, whose entries name what stands here by its digest: who is cut off in between finds them different
 * once more. A roster that nothing changed in reads and writes nothing.
 */
export async function keepCircles(
  { state }: Pick<Store, "state">,
  { old, changed, circleOf }: Rosters,
  now: number,
): Promise<void> {
  const numbers = new Set(changed.map(({ number }) => number));
  const before = digestsIn(old.filter(({ number }) => numbers.has(number)));
  const after = digestsIn(changed);
  for (const [target, digest] of after) {
    if (before.get(target) === digest) continue;
    const circle = circleOf(target);
    if (circle !== undefined) await state.putCircle(target, circle);
  }
  const gone = [...before.keys()].filter((target) => !after.has(target));
  // Under another vantage, whose slice didn't change, it may stand as it was.
  const kept = digestsIn(old.filter(({ number }) => !numbers.has(number)));
  for (const target of gone) {
    if (kept.has(target)) continue;
    // Whose last contact was taken away is told nothing more, not even the end.
    const emptied = circleOf(target);
    if (emptied !== undefined) await state.putCircle(target, emptied);
    await state.retireCircle(target, now + keptMs);
  }
}

function digestsIn(slices: readonly Slice[]): ReadonlyMap<TargetKey, string> {
  const digests = new Map<TargetKey, string>();
  for (const { entries } of slices) {
    for (const entry of entries) {
      if (entry?.circle !== undefined) digests.set(targetKey(entry.target), entry.circle);
    }
  }
  return digests;
}

const documentName = "circles";

/** False until they were written for the first time: an older release kept none. */
export async function hasCircles({ state }: Pick<Store, "state">): Promise<boolean> {
  return (await state.document<true>(documentName)).value !== null;
}

export async function noteCircles({ state }: Pick<Store, "state">): Promise<void> {
  const { value, version } = await state.document<true>(documentName);
  if (value === null) await state.putDocument(documentName, { value: true, version });
}
