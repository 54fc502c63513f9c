/** When a name is looked up again, decided without remembering when it was looked up last. */

import { spread } from "../model/spread.ts";
import { clampTtl } from "../protocols/dns/answer.ts";

/**
 * True once in as many cycles as the TTL (seconds, taken as 60 to 3,600) lasts, in a cycle of the name's own, so that a
 * fleet's lookups are spread over time and nothing is written where nothing changed.
 */
export function isDue(name: string, ttl: number, cycle: number, everyMs: number): boolean {
  const period = Math.max(1, Math.ceil((clampTtl(ttl) * 1_000) / everyMs));
  return (cycle + spread(name)) % period === 0;
}
