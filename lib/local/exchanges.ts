/** Where mail for many domains is delivered, as far as DNS says so soon: a warning mustn't hold up an import. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ExchangesOf } from "../judge/own-path.ts";
import type { Resolver } from "../model/ports.ts";
import { findMx } from "../protocols/dns/mx.ts";
import { hostsOf } from "../steps/dns-change.ts";

/** So many domains are asked about. */
const mostAsked = 500;

export interface FoundExchanges {
  readonly exchangesOf: ExchangesOf;
  /** Domains that nothing is known of: too many, too slow, or DNS failed. */
  readonly unknown: readonly string[];
}

/** Waits `withinMs` at most. Never rejects. */
export async function findExchanges(
  domains: readonly string[],
  resolver: Resolver,
  withinMs = 5_000,
): Promise<FoundExchanges> {
  const found = new Map<string, readonly string[]>();
  const asked = domains.slice(0, mostAsked).map(async (domain) => {
    const mx = await findMx(domain, resolver);
    if (mx.kind !== "failed" || mx.reason === "nxdomain") found.set(domain, hostsOf(mx));
  });
  const over = new AbortController();
  const time = sleep(withinMs, undefined, { signal: over.signal }).catch(() => {});
  if (asked.length > 0) await Promise.race([Promise.all(asked), time]);
  over.abort();
  const known = new Map(found);
  return {
    exchangesOf: (domain) => known.get(domain) ?? [],
    unknown: domains.filter((domain) => !known.has(domain)),
  };
}
