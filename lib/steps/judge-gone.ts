/** Targets that nobody uses any more: what is open of them ends, and isn't called a recovery. */

import { incidentClasses } from "../model/incident.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Clock } from "../model/ports.ts";
import { targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { endCause, noLongerShown } from "./cast.ts";
import { forgetUnused } from "./forget-sight.ts";
import { isOrphan } from "./orphan.ts";
import type { Gone } from "./roster.ts";
import { forgetSslv2 } from "./sslv2-keys.ts";
import { leafOf } from "./target-state.ts";

export interface GoneWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly policy: IncidentPolicy;
}

/** What was known of a target is there again when it comes back within this time. */
const keptMs = 30 * 86_400_000;

/**
 * `gone` as `resolve` reports it, after each of its runs: what an earlier one could not end, or a look under way opened
 * again, ends as well. A target that another vantage still watches is in use.
 */
export async function judgeGone(gone: readonly Gone[], cycle: CycleNumber, world: GoneWorld): Promise<void> {
  const { store, policy } = world;
  const now = world.now();
  const active = (await store.state.activeCauses()).map(({ value }) => value);
  for (const cause of active) {
    if (await isOrphan(store, cause)) await endCause({ store, policy, now }, cause.class, cause.subject);
  }
  await forgetUnused(active, { store, policy, now });
  if (gone.length === 0) return;
  const entries = (await store.state.slices()).flatMap((slice) => slice.entries);
  const inUse = new Set(entries.flatMap((entry) => (entry === null ? [] : targetKey(entry.target))));
  for (const { key, vantage } of gone) {
    if (inUse.has(key)) continue;
    for (const cls of incidentClasses) await endCause({ store, policy, now }, cls, key);
    const leaf = leafOf(await store.state.target(key, vantage));
    // Other targets may show the same certificate: they take a recovery back.
    if (leaf !== null) await noLongerShown({ store, policy, now }, leaf, key, { at: now, cycle, round: 0, vantage });
    await store.state.retireTarget(key, vantage, now + keptMs);
    await forgetSslv2(key, world);
    await store.state.retireScan(key, now + keptMs);
  }
}
