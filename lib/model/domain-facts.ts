/** What DNS said of a domain and of its hosts. Failures are values, never exceptions. */

export type DnsFailure = "nxdomain" | "servfail" | "refused" | "timeout" | "malformed" | "budget";

export interface MxRecord {
  /** Exchange name: A-labels, lower case, no trailing dot. */
  readonly host: string;
  readonly preference: number;
}

/** Where mail for a domain is delivered (RFC 5321 §5.1). `ttl` in seconds, 60 to 3,600. */
export type MxAnswer =
  /** Best preference first; at most 20, `cut` tells how many more there were. */
  | { readonly kind: "mx"; readonly records: readonly MxRecord[]; readonly cut: number; readonly ttl: number }
  /** No MX (NODATA, never SERVFAIL): the domain is its own exchange with preference 0. */
  | { readonly kind: "implicit"; readonly records: readonly [MxRecord]; readonly ttl: number }
  /** A lone "." (RFC 7505): the domain takes no mail. */
  | { readonly kind: "null-mx"; readonly ttl: number }
  | { readonly kind: "failed"; readonly reason: DnsFailure; readonly ttl: number };

/** All A and AAAA records of one host. */
export interface HostFacts {
  readonly host: string;
  /** Canonical text, IPv4 first, sorted. Empty when there are none. */
  readonly addresses: readonly string[];
  /** Names that CNAME records led through, in order; an MX must not be an alias (RFC 2181 §10.3). */
  readonly aliases: readonly string[];
  /** Set when the last lookup failed; `addresses` then holds what the other family gave and what was known before. */
  readonly failure: DnsFailure | null;
  /** Seconds, 60 to 3,600. */
  readonly ttl: number;
}

/** Lookups fail at present; the last good answer is kept beside it, since not seen is not lost. */
export interface DnsTrouble {
  readonly reason: DnsFailure;
  /** Epoch ms of the first failure in a row. */
  readonly since: number;
}

export interface DomainFacts {
  readonly domain: string;
  /** The last good answer; `failed` only where there never was one. */
  readonly mx: MxAnswer;
  /** Why the last lookup of the MX failed, whatever `mx` still tells: `dns.failed`. Null while lookups are answered. */
  readonly failure: DnsFailure | null;
  /** One entry for each exchange, in the order of `mx`. */
  readonly hosts: readonly HostFacts[];
}
