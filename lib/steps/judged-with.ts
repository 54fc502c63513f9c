/** What the fleet is judged with, against what it was judged with before: after a change the breaker is wary. */

import { createHash } from "node:crypto";
import { changesOf, wary } from "../judge/breaker.ts";
import type { JudgedWith } from "../model/breaker.ts";
import type { FleetSettings } from "../model/customer.ts";
import type { Store } from "../store/store.ts";
import { changeBreaker } from "./breaker-document.ts";

const name = "judged-with";

export function policyDigest({ policy, tlsModeRule }: Pick<FleetSettings, "policy" | "tlsModeRule">): string {
  const sorted = [policy, tlsModeRule].map((part) => Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

/**
 * One read where nothing changed. The first start has nothing before it, and makes nobody wary. Wary first, and then what
 * it is judged with: a crash between is wary once more. `now` in epoch ms.
 */
export async function watchJudgedWith(store: Store, present: JudgedWith, everyMs: number, now: number): Promise<void> {
  const { value, version } = await store.state.document<JudgedWith>(name);
  const changed = value === null ? [] : changesOf(value, present);
  if (value !== null && changed.length === 0) return;
  if (changed.length > 0) await changeBreaker(store, (breaker) => wary(breaker, changed, now, everyMs));
  // Whoever was faster wrote the same, or the next pass looks again.
  await store.state.putDocument(name, { value: present, version });
}
