/**
 * Large providers give a few of their addresses with each answer, in turn. Such a host isn't moving: an address that it
 * gave within the last day stays in use. A host that moves, or moves back, gives its old addresses up at once. Pure.
 */

import type { HostPool } from "../store/store.ts";

const dayMs = 86_400_000;
const mostFormer = 64;

export interface Addresses {
  /** Sorted as they are stored: IPv4 first. */
  readonly inUse: readonly string[];
  readonly pool: HostPool | null;
}

/** What is in use after DNS listed `listed` at `now` (epoch ms), where `before` was. */
export function addressesAfter(before: Addresses, listed: readonly string[], now: number): Addresses {
  const { former: known, returns, returnedAt } = before.pool ?? { former: [], returns: 0, returnedAt: 0 };
  const recent = known.filter(({ wentAt }) => now - wentAt < dayMs);
  const lately = now - returnedAt < dayMs ? { returns, returnedAt } : { returns: 0, returnedAt: 0 };
  const returned = recent.some(({ address }) => listed.includes(address));
  const turns = returned ? { returns: lately.returns + 1, returnedAt: now } : lately;

  const missedBefore = new Set(known.map(({ address }) => address));
  const went = before.inUse.filter((address) => !listed.includes(address) && !missedBefore.has(address));
  const former = [
    ...went.map((address) => ({ address, wentAt: now })),
    ...recent.filter(({ address }) => !listed.includes(address)),
  ].slice(0, mostFormer);
  const pool = former.length > 0 || turns.returns > 0 ? { former, ...turns } : null;
  const kept = isPool(pool, now) ? former.map(({ address }) => address) : [];
  return { inUse: sorted([...listed, ...kept]), pool };
}

/** True while DNS gives the host's addresses in turn: one return may be a failover's end, two are a habit. */
export function isPool(pool: HostPool | null, now: number): boolean {
  return pool !== null && pool.returns >= 2 && now - pool.returnedAt < dayMs;
}

function sorted(addresses: readonly string[]): readonly string[] {
  const isV6 = (address: string) => address.includes(":");
  return [...addresses.filter((one) => !isV6(one)).sort(), ...addresses.filter(isV6).sort()];
}
