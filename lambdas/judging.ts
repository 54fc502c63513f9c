/** What judge, tick and resolve go by when they judge. Read anew each time: an import may have changed the settings. */

import { defaultPolicy } from "../lib/model/policy.ts";
import type { JudgeWorld } from "../lib/steps/judge.ts";
import { sightedOf } from "../lib/steps/sight-of.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs } from "../lib/world/environment.ts";
import { store } from "./store.ts";

/** @param vantages those that look: the ones that see have a vote. */
export async function judging(vantages: readonly string[]): Promise<JudgeWorld> {
  const { policy } = await store().config.settings();
  const sighted = await sightedOf(store(), vantages);
  return { store: store(), now: systemClock, everyMs: intervalMs(), policy: { ...defaultPolicy, ...policy }, sighted };
}
