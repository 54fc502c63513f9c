/** One lookup with its aliases followed (RFC 1034 §3.6.2). */

import type { DnsFailure } from "../../model/domain-facts.ts";
import type { DnsRecord, DnsType, Resolver } from "../../model/ports.ts";
import { clampTtl } from "./answer.ts";
import { asciiName } from "./name.ts";

/** Longer chains are nobody's honest wish. */
const mostAliases = 8;

export type Lookup = {
  /** The names that CNAME records led through, in order, without the name asked for; the last one is where it ended. */
  readonly aliases: readonly string[];
  /** Seconds, 60 to 3,600: the least of the records used. */
  readonly ttl: number;
} & (
  | { readonly kind: "found"; readonly records: readonly DnsRecord[] }
  /** The name exists and has no such records (RFC 2308 §2.2). */
  | { readonly kind: "nodata" }
  | { readonly kind: "failed"; readonly reason: DnsFailure }
);

/**
 * Asks for `type` at `name` and follows CNAME records, within an answer and by asking again where an answer stops at an
 * alias. At most eight aliases; a loop or a longer chain is `malformed`. Never rejects.
 */
export async function lookup(name: string, type: DnsType, resolver: Resolver): Promise<Lookup> {
  const aliases: string[] = [];
  let current = name;
  let ttl = Number.POSITIVE_INFINITY;
  for (;;) {
    const answer = await resolver(current, type);
    ttl = Math.min(ttl, answer.ttl);
    if (answer.kind === "failed") return { kind: "failed", reason: answer.reason, aliases, ttl: clampTtl(ttl) };
    const asked = current;
    for (;;) {
      const records = answer.records.filter((record) => record.type === type && record.name === current);
      if (records.length > 0) return { kind: "found", records, aliases, ttl: clampTtl(ttl) };
      const next = aliasOf(answer.records, current);
      if (next === undefined) break;
      if (next === null || next === name || aliases.includes(next) || aliases.length === mostAliases) {
        return { kind: "failed", reason: "malformed", aliases, ttl: clampTtl(ttl) };
      }
      aliases.push(next);
      current = next;
    }
    if (current === asked) return { kind: "nodata", aliases, ttl: clampTtl(ttl) };
  }
}

/** Where the CNAME at `name` leads; null when that is no name, `undefined` when there is none. */
function aliasOf(records: readonly DnsRecord[], name: string): string | null | undefined {
  const alias = records.find((record) => record.type === "CNAME" && record.name === name);
  if (alias === undefined) return undefined;
  return typeof alias.data === "string" ? (asciiName(alias.data) ?? null) : null;
}
