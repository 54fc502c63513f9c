/** Who is looked at again to settle a doubt about a vantage's own eyes, and the jobs for it. */

import { askedAfter, asksCanaries, mostWitnesses } from "../judge/sight/inquiry.ts";
import type { CycleNumber } from "../model/jobs.ts";
import { blankMemory, type RosterEntry } from "../model/roster.ts";
import type { Outlook, Sight, Witness, WitnessRole } from "../model/sight.ts";
import { targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { outlooksOf } from "./outlook.ts";
import { confirmJobs, type DelayedJob, type Doubt } from "./tasks.ts";

/** Other slices, of which some targets tell whether what was well elsewhere still is. */
const otherSlices = 3;

/** All canaries, or some of those that got worse, and some that were well in slices that it wasn't seen in. */
export async function witnessesFor(store: Store, vantage: string, sight: Sight): Promise<readonly Witness[]> {
  const { tally, by } = sight;
  const outlook = (await outlooksOf(store)).find((each) => each.vantage === vantage);
  const canaries = outlook?.canaries ?? [];
  if (by === "canaries" || (canaries.length > 0 && asksCanaries(tally))) {
    return canaries.map((place) => ({ ...place, role: "canary" }));
  }
  const worse = (tally?.worse ?? [])
    .slice(-mostWitnesses)
    .map(({ key, slice, slot }): Witness => ({ key, slice, slot, role: "worse" }));
  return worse.length === 0 ? [] : [...worse, ...(await wellElsewhere(store, sight, outlook))];
}

async function wellElsewhere(
  { state }: Store,
  { tally }: Sight,
  outlook: Outlook | undefined,
): Promise<readonly Witness[]> {
  const counted = new Set(tally?.batches.map((name) => Number(name.split(".")[0])));
  const others = (outlook?.slices ?? []).filter((number) => !counted.has(number));
  const step = Math.max(1, Math.floor(others.length / otherSlices));
  const well: Witness[] = [];
  for (const number of others.filter((_, at) => at % step === 0).slice(0, otherSlices)) {
    const [slice, memory] = await Promise.all([state.slice(number), state.memory(number)]);
    const some = (slice?.entries ?? []).flatMap((entry, slot): readonly Witness[] => {
      if (!entry || entry.canary || memory.value[slot]?.mark !== "tls") return [];
      return [{ key: targetKey(entry.target), slice: number, slot, role: "well" }];
    });
    well.push(...some.slice(0, Math.ceil(mostWitnesses / otherSlices)));
  }
  return well.slice(0, mostWitnesses);
}

/** Those that have left the roster meanwhile are not looked at. `now` in epoch ms. */
export async function witnessJobs(
  { state }: Store,
  witnesses: readonly Witness[],
  cycle: CycleNumber,
  now: number,
): Promise<readonly DelayedJob[]> {
  const doubts: (Doubt & { readonly role: WitnessRole })[] = [];
  for (const [number, some] of Map.groupBy(witnesses, ({ slice }) => slice)) {
    const [slice, memory] = await Promise.all([state.slice(number), state.memory(number)]);
    for (const { key, slot, role } of some) {
      const entry: RosterEntry | null | undefined = slice?.entries[slot];
      if (!entry || targetKey(entry.target) !== key) continue;
      const known = (memory.value[slot] ?? blankMemory).fingerprint;
      doubts.push({ slice: number, slot, entry, cycle, rounds: [1], known, role });
    }
  }
  return [...Map.groupBy(doubts, ({ role }) => role)].flatMap(([role, some]) =>
    confirmJobs(some, [askedAfter[role]], now),
  );
}
