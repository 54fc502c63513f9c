/** All addresses of one host, and all that DNS says of a domain. */

import { isIP } from "node:net";
import type { DnsFailure, DomainFacts, HostFacts } from "../../model/domain-facts.ts";
import type { Resolver } from "../../model/ports.ts";
import { canonicalAddress } from "../ip/address.ts";
import { failed } from "./answer.ts";
import { type Lookup, lookup } from "./lookup.ts";
import { findMx } from "./mx.ts";
import { asciiName } from "./name.ts";

/** Of each family; the largest real pools have half as many. */
const mostAddresses = 64;

/**
 * Finds all A and AAAA records of `host`. Where one family fails, `failure` tells so and the other's addresses are kept.
 * `aliases` holds the names that CNAME records led through. `ttl` in seconds, 60 to 3,600. Never rejects.
 */
export async function findHost(host: string, resolver: Resolver): Promise<HostFacts> {
  const name = asciiName(host);
  if (name === undefined) {
    return { host: host.toLowerCase(), addresses: [], aliases: [], failure: "malformed", ttl: failed("malformed").ttl };
  }
  const [v4, v6] = await Promise.all([lookup(name, "A", resolver), lookup(name, "AAAA", resolver)]);
  return {
    host: name,
    addresses: [...addressesOf(v4, 4), ...addressesOf(v6, 6)],
    aliases: v4.aliases.length >= v6.aliases.length ? v4.aliases : v6.aliases,
    failure: failureOf(v4, v6),
    ttl: Math.min(v4.ttl, v6.ttl),
  };
}

/** Finds a domain's exchanges and their addresses; what is cut from `mx` isn't looked up. Never rejects. */
export async function findDomain(domain: string, resolver: Resolver): Promise<DomainFacts> {
  const mx = await findMx(domain, resolver);
  const records = mx.kind === "mx" || mx.kind === "implicit" ? mx.records : [];
  const hosts = await Promise.all(records.map(({ host }) => findHost(host, resolver)));
  const failure = mx.kind === "failed" ? mx.reason : null;
  return { domain: asciiName(domain) ?? domain.toLowerCase(), mx, failure, hosts };
}

function addressesOf(found: Lookup, family: 4 | 6): readonly string[] {
  if (found.kind !== "found") return [];
  const addresses = found.records.flatMap(({ data }) =>
    typeof data === "string" && isIP(data) === family ? (canonicalAddress(data) ?? []) : [],
  );
  return [...new Set(addresses)].sort().slice(0, mostAddresses);
}

/** A server's word outranks our not having been answered. */
function failureOf(...found: readonly Lookup[]): DnsFailure | null {
  const reasons = found.flatMap((one) => (one.kind === "failed" ? [one.reason] : []));
  return reasons.find((reason) => reason !== "timeout" && reason !== "budget") ?? reasons[0] ?? null;
}
