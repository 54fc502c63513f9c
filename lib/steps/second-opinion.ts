/**
 * What a name lost is asked of another server as well, where one is configured: out of DNS is what both don't give any
 * more. A second server that fails has no say.
 */

import type { HostFacts, MxAnswer, MxRecord } from "../model/domain-facts.ts";
import type { Resolver } from "../model/ports.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";
import type { StoredDomain, StoredHost } from "../store/store.ts";
import { hostsOf } from "./dns-change.ts";

export interface Asking {
  readonly first: Resolver;
  readonly second: Resolver | null;
}

/** A host's addresses, and those that another server still gives of the ones that were known. */
export async function findHostTwice(
  host: string,
  old: StoredHost | undefined,
  { first, second }: Asking,
): Promise<HostFacts> {
  const found = await findHost(host, first);
  const lost = missing(old?.facts.addresses ?? [], found.addresses);
  if (second === null || lost.length === 0 || !isSaid(found.failure)) return found;
  const other = await findHost(host, second);
  const kept = lost.filter((address) => other.addresses.includes(address));
  if (kept.length === 0) return found;
  return { ...found, failure: null, addresses: sorted([...found.addresses, ...kept]) };
}

/** A domain's exchanges, and those that another server still gives of the ones that were known. */
export async function findMxTwice(
  domain: string,
  old: StoredDomain | undefined,
  { first, second }: Asking,
): Promise<MxAnswer> {
  const found = await findMx(domain, first);
  const known = old === undefined ? [] : hostsOf(old.mx);
  const lost = missing(known, hostsOf(found));
  if (second === null || lost.length === 0 || !isSaid(found.kind === "failed" ? found.reason : null)) return found;
  const other = await findMx(domain, second);
  const kept = recordsOf(other).filter(({ host }) => lost.includes(host));
  if (kept.length === 0) return found;
  if (found.kind !== "mx") return other;
  const records = [...found.records, ...kept].sort((a, b) => a.preference - b.preference);
  return { ...found, records };
}

/** An answer, or that there is no such name: what else fails loses nothing. */
function isSaid(failure: HostFacts["failure"]): boolean {
  return failure === null || failure === "nxdomain";
}

function recordsOf(mx: MxAnswer): readonly MxRecord[] {
  return mx.kind === "mx" || mx.kind === "implicit" ? mx.records : [];
}

function missing(known: readonly string[], found: readonly string[]): readonly string[] {
  return known.filter((one) => !found.includes(one));
}

function sorted(addresses: readonly string[]): readonly string[] {
  const isV6 = (address: string) => address.includes(":");
  return [...addresses.filter((one) => !isV6(one)).sort(), ...addresses.filter(isV6).sort()];
}
