/** Where mail for a domain is delivered (RFC 5321 §5.1, RFC 7505). */

import type { MxAnswer, MxRecord } from "../../model/domain-facts.ts";
import type { DnsRecord, Resolver } from "../../model/ports.ts";
import { failed } from "./answer.ts";
import { lookup } from "./lookup.ts";
import { asciiName } from "./name.ts";

/** More exchanges than any sender tries; the rest is cut, and said. */
const mostExchanges = 20;

/**
 * Finds where mail for `domain` is delivered, best preference first, equal preferences by name, so that a rotated answer
 * is the same answer.
 *
 * `implicit` only where the name exists without MX records: never on a failure, and not when MX records exist that can't
 * be used. A CNAME at the domain is followed, and the name it leads to is treated as the domain (RFC 5321 §5.1).
 * Null MX is a lone "." (RFC 7505 §3); beside others it is left out. `ttl` in seconds, 60 to 3,600. Never rejects.
 */
export async function findMx(domain: string, resolver: Resolver): Promise<MxAnswer> {
  const name = asciiName(domain);
  if (name === undefined) return failed("malformed");
  const found = await lookup(name, "MX", resolver);
  const { ttl } = found;
  switch (found.kind) {
    case "failed":
      return failed(found.reason, ttl);
    case "nodata":
      return { kind: "implicit", records: [{ host: found.aliases.at(-1) ?? name, preference: 0 }], ttl };
    case "found": {
      const exchanges = found.records.map(exchangeOf);
      if (exchanges.every((exchange) => exchange?.host === ".")) return { kind: "null-mx", ttl };
      const records = merged(exchanges.filter((exchange) => exchange !== undefined && exchange.host !== "."));
      if (records.length === 0) return failed("malformed", ttl);
      const cut = Math.max(0, records.length - mostExchanges);
      return { kind: "mx", records: records.slice(0, mostExchanges), cut, ttl };
    }
  }
}

/** The record with its name checked; `undefined` for one that nobody could use. */
function exchangeOf({ data }: DnsRecord): MxRecord | undefined {
  if (typeof data !== "object" || data === null || !("exchange" in data) || !("preference" in data)) return undefined;
  const { exchange, preference } = data;
  if (typeof exchange !== "string" || typeof preference !== "number") return undefined;
  const host = exchange === "." ? exchange : asciiName(exchange);
  return host === undefined ? undefined : { host, preference };
}

/** Each host once, under its best preference. */
function merged(records: readonly (MxRecord | undefined)[]): MxRecord[] {
  const best = new Map<string, number>();
  for (const record of records) {
    if (record) best.set(record.host, Math.min(record.preference, best.get(record.host) ?? record.preference));
  }
  return [...best]
    .map(([host, preference]) => ({ host, preference }))
    .sort((a, b) => a.preference - b.preference || (a.host < b.host ? -1 : 1));
}
