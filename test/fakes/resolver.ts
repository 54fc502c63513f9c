/** A resolver over a table, for tests of what is made of DNS answers; the wire is tested by `dns-server.ts`. */

import type { DnsFailure } from "../../lib/model/domain-facts.ts";
import type { DnsAnswer, DnsRecord, DnsType, Resolver } from "../../lib/model/ports.ts";
import { failed } from "../../lib/protocols/dns/answer.ts";

/** By `TYPE name`: records as text (`10 mx.example` for MX), a failure, or `-> name` for a bare CNAME. */
export type Table = Readonly<Record<string, readonly string[] | DnsFailure | `-> ${string}`>>;

/** What isn't in the table is NODATA where another type of that name is, and NXDOMAIN otherwise. */
export function fakeResolver(table: Table, ttl = 300): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolver = (name: string, type: DnsType): Promise<DnsAnswer> => {
    asked.push(`${type} ${name}`);
    const entry = table[`${type} ${name}`];
    const exists = Object.keys(table).some((key) => key.endsWith(` ${name}`));
    if (entry === undefined) {
      return Promise.resolve(exists ? { kind: "answer", records: [], ttl } : failed("nxdomain", ttl));
    }
    if (typeof entry === "object") {
      const records = entry.flatMap((text) => recordOf(name, type, text, ttl));
      return Promise.resolve({ kind: "answer", records, ttl });
    }
    if (!entry.startsWith("-> ")) return Promise.resolve(failed(entry as DnsFailure));
    return Promise.resolve({ kind: "answer", records: [{ name, type: "CNAME", ttl, data: entry.slice(3) }], ttl });
  };
  return Object.assign(resolver, { asked });
}

/** `owner CNAME target` and `owner TYPE data` stand for records of other names in the same answer. */
function recordOf(name: string, type: DnsType, text: string, ttl: number): DnsRecord[] {
  const alias = /^(\S+) CNAME (\S+)$/.exec(text);
  if (alias) return [{ name: alias[1] ?? "", type: "CNAME", ttl, data: alias[2] }];
  const other = /^(\S+) (?:A|AAAA|MX) (.+)$/.exec(text);
  if (other) return recordOf(other[1] ?? "", type, other[2] ?? "", ttl);
  if (type !== "MX") return [{ name, type, ttl, data: text }];
  const [preference, exchange] = text.split(" ");
  return [{ name, type, ttl, data: { preference: Number(preference), exchange } }];
}
