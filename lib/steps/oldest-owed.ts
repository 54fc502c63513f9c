/** How long the oldest message has been owed that should have left: what tells that nobody sends, or that nobody takes. */

import type { OutboxEntry } from "../model/incident.ts";
import type { Store } from "../store/store.ts";

/** Nothing that failed is put off for longer. */
const longestRetryMs = 900_000;

/** 0 where none is owed. `now` in epoch ms. */
export async function oldestOwedMs({ state }: Store, now: number): Promise<number> {
  const causes = await state.dueCauses(now + longestRetryMs);
  const since = causes.flatMap(({ value }) => value.outbox.map(owedSince)).filter((at) => at <= now);
  return since.length === 0 ? 0 : now - Math.min(...since);
}

/** Epoch ms. What waits on purpose (for a silence's end, for others of its cause, for a digest) is owed from then on. */
function owedSince({ alert, notBefore, attempts }: OutboxEntry): number {
  return attempts === 0 ? notBefore : Math.max(alert.at, alert.held?.until ?? 0);
}
