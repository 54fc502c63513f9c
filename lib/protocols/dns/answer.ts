/** How long answers are held, and those that say that there is none. */

import type { DnsFailure } from "../../model/domain-facts.ts";
import type { DnsAnswer } from "../../model/ports.ts";

export const leastTtl = 60;
export const mostTtl = 3_600;

/** `seconds` within the floor of a minute and the ceiling of an hour. */
export function clampTtl(seconds: number): number {
  return Math.min(mostTtl, Math.max(leastTtl, seconds));
}

/** A failure as an answer, held for `ttl` seconds. */
export function failed(reason: DnsFailure, ttl = leastTtl): DnsAnswer & { readonly kind: "failed" } {
  return { kind: "failed", reason, ttl: clampTtl(ttl) };
}
