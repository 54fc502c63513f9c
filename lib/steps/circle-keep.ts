/** Writes whose contacts stand behind which shared target, where that changed. */

import type { Circle } from "../model/circle.ts";
import type { Slice } from "../model/roster.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

interface Rosters {
  readonly old: readonly Slice[];
  readonly changed: readonly Slice[];
  readonly circleOf: (target: TargetKey) => Circle | undefined;
}

/** So long the end of an incident finds those who were told of it. */
const keptMs = 30 * 86_400_000;

/**
 * Writes the circles, then by `putSlices` the slices, whose entries name what stands here by its digest. Who is cut off
 * in between leaves the mark of it: nobody knows what stands then, and all of it is written once more. A roster that
 * nothing changed in writes nothing.
 */
export async function keepCircles(
  { state }: Pick<Store, "state">,
  { old, changed, circleOf }: Rosters,
  now: number,
  putSlices: () => Promise<void>,
): Promise<void> {
  const { value, version } = await state.document<boolean>(documentName);
  const isSure = value === true;
  const numbers = new Set(changed.map(({ number }) => number));
  const present = [...old.filter(({ number }) => !numbers.has(number)), ...changed];
  const before = digestsIn(old);
  const after = digestsIn(present);
  const fresh = [...after].flatMap(([target, digest]) => (isSure && before.get(target) === digest ? [] : [target]));
  const stood = isSure ? before.keys() : targetsIn([...old, ...changed]);
  const gone = [...stood].filter((target) => !after.has(target) && (before.has(target) || circleOf(target)));
  const isChange = fresh.length + gone.length > 0;
  if (isChange && !(await state.putDocument(documentName, { value: false, version })))
    throw new Contended("somebody else writes who stands behind what");

  for (const target of fresh) {
    const circle = circleOf(target);
    if (circle !== undefined) await state.putCircle(target, circle);
  }
  for (const target of gone) {
    // Whose last contact was taken away is told nothing more, not even the end.
    const emptied = circleOf(target);
    if (emptied !== undefined) await state.putCircle(target, emptied);
    await state.retireCircle(target, now + keptMs);
  }
  await putSlices();
  if (isChange) await note({ state }, version + 1);
  else if (!isSure) await note({ state }, version);
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

/** Of every entry, shared or not. */
function targetsIn(slices: readonly Slice[]): ReadonlySet<TargetKey> {
  return new Set(slices.flatMap(({ entries }) => entries.flatMap((entry) => (entry ? [targetKey(entry.target)] : []))));
}

const documentName = "circles";

/** What stands is what the slices name. Where somebody else began meanwhile, neither knows whose writes came last. */
async function note({ state }: Pick<Store, "state">, version: number): Promise<void> {
  if (await state.putDocument(documentName, { value: true, version })) return;
  const { version: newer } = await state.document<boolean>(documentName);
  await state.putDocument(documentName, { value: false, version: newer });
}

/** False where what stands may not be what the slices name: an older release kept none, or somebody was cut off. */
export async function hasCircles({ state }: Pick<Store, "state">): Promise<boolean> {
  return (await state.document<boolean>(documentName)).value === true;
}
