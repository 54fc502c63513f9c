/** What a lookup changes of what is stored: come, gone, failing and answered again told apart. Pure. */

import { isDeepStrictEqual } from "node:util";
import type { DnsFailure, DnsTrouble, HostFacts, MxAnswer } from "../model/domain-facts.ts";
import type { HistoryEvent, StoredDomain, StoredHost } from "../store/store.ts";
import { addressesAfter, isPool } from "./host-pool.ts";

export interface Change<T> {
  readonly stored: T;
  /** Null at first sight (`since` says when that was), and where there is nothing to tell. */
  readonly event: Extract<HistoryEvent, { kind: "dns" }> | null;
  /** The roster is made of what changed. */
  readonly moves: boolean;
}

/** Host names of the exchanges in `mx`, best preference first. */
export function hostsOf(mx: MxAnswer): readonly string[] {
  return mx.kind === "mx" || mx.kind === "implicit" ? mx.records.map(({ host }) => host) : [];
}

/** The name isn't there any more, as DNS says itself: what was last known is shown, and leaves the roster. */
export function isOut(failure: DnsTrouble | null): boolean {
  return failure?.reason === "nxdomain";
}

/** What is to be stored of `domain` after `found`; null when nothing that matters changed (a TTL alone doesn't). */
export function domainAfter(
  domain: string,
  old: StoredDomain | undefined,
  found: MxAnswer,
  now: number,
): Change<StoredDomain> | null {
  const reason = found.kind === "failed" ? found.reason : null;
  const failure = troubleAfter(old?.failure ?? null, reason, now);
  if (!old) return { stored: { domain, mx: found, since: now, failure }, event: null, moves: reason === null };
  // A good answer outlives every failure; where there never was one, the newest failure stands.
  const keep = reason !== null && (old.mx.kind !== "failed" || old.mx.reason === reason);
  const mx = keep ? old.mx : found;
  const changed = !isDeepStrictEqual({ ...mx, ttl: 0 }, { ...old.mx, ttl: 0 });
  if (!changed && isDeepStrictEqual(failure, old.failure)) return null;
  const [before, after] = [hostsOf(old.mx), hostsOf(mx)];
  return {
    stored: { domain, mx, since: changed ? now : old.since, failure },
    event: {
      at: now,
      kind: "dns",
      subject: domain,
      ...moved(before, after),
      note: changed && reason === null ? `MX: ${wordsFor(mx)}` : troubleWords("MX lookup", reason, before.length > 0),
    },
    moves: !isDeepStrictEqual(before, after) || (after.length > 0 && isOut(failure) !== isOut(old.failure)),
  };
}

/** The same for a host. Addresses of a family that failed stay as they were, and so do those of a pool. */
export function hostAfter(old: StoredHost | undefined, found: HostFacts, now: number): Change<StoredHost> | null {
  const { host, failure: reason } = found;
  const failure = troubleAfter(old?.failure ?? null, reason, now);
  if (!old) {
    const stored = { facts: found, since: now, failure, pool: null };
    return { stored, event: null, moves: found.addresses.length > 0 };
  }
  const listed = reason === null ? found.addresses : withLastKnown(found.addresses, old.facts.addresses);
  const { inUse, pool } = addressesAfter({ inUse: old.facts.addresses, pool: old.pool }, listed, now);
  // A lookup that failed may not have come as far as the alias.
  const aliases = reason === null || found.aliases.length > 0 ? found.aliases : old.facts.aliases;
  const { came, went } = moved(old.facts.addresses, inUse);
  const moves = came.length + went.length > 0;
  const renamed = !isDeepStrictEqual(aliases, old.facts.aliases);
  const stored = { facts: { ...found, addresses: inUse, aliases }, since: moves ? now : old.since, failure, pool };
  const told = moves || renamed || !isDeepStrictEqual(failure, old.failure);
  if (!told) {
    // Which addresses of a pool were given is remembered and no news.
    const turned = isPool(pool, now) && !isDeepStrictEqual(pool, old.pool);
    return turned ? { stored, event: null, moves: false } : null;
  }
  const notes = [
    ...(moves ? [`addresses: ${came.length} came, ${went.length} went, ${inUse.length} in use`] : []),
    ...(moves && isPool(pool, now) ? ["DNS gives them in turn"] : []),
    ...(renamed ? [aliases.length > 0 ? `alias of ${aliases.join(" → ")}` : "no alias any more"] : []),
    ...(moves || renamed ? [] : [troubleWords("address lookup", reason, inUse.length > 0)]),
  ];
  const leaves = inUse.length > 0 && isOut(failure) !== isOut(old.failure);
  const event = { at: now, kind: "dns", subject: host, came, went, note: notes.join("; ") } as const;
  return { stored, event, moves: moves || leaves };
}

/** `since` is that of the first failure in a row, whatever its later reasons. */
function troubleAfter(old: DnsTrouble | null, reason: DnsFailure | null, now: number): DnsTrouble | null {
  return reason === null ? null : { reason, since: old?.since ?? now };
}

function moved(before: readonly string[], after: readonly string[]) {
  return {
    came: after.filter((one) => !before.includes(one)),
    went: before.filter((one) => !after.includes(one)),
  };
}

function withLastKnown(found: readonly string[], known: readonly string[]): readonly string[] {
  const isV6 = (address: string) => address.includes(":");
  const family = (v6: boolean) => {
    const fresh = found.filter((address) => isV6(address) === v6);
    return fresh.length > 0 ? fresh : known.filter((address) => isV6(address) === v6);
  };
  return [...family(false), ...family(true)];
}

function wordsFor(mx: MxAnswer): string {
  switch (mx.kind) {
    case "mx": {
      const records = mx.records.map(({ host, preference }) => `${preference} ${host}`).join(", ");
      return mx.cut > 0 ? `${records} and ${mx.cut} more that are left out` : records;
    }
    case "implicit":
      return `none, so ${mx.records[0].host} itself takes the mail (RFC 5321 §5.1)`;
    case "null-mx":
      return "null MX, the domain takes no mail (RFC 7505)";
    case "failed":
      return mx.reason;
  }
}

function troubleWords(what: string, reason: DnsFailure | null, known: boolean): string {
  if (reason === null) return `${what} answered again, nothing else changed`;
  return `${what} fails: ${reason}${known ? "; what was last known stays in use" : ""}`;
}
