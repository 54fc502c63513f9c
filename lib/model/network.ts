/** Which servers have nothing to do with each other, as far as their addresses and names can tell. */

/** Where a server stands. */
export interface Standing {
  /** {@link networkOf} of its address. */
  readonly network: string;
  /** {@link suffixOf} of its first name; null without one. */
  readonly suffix: string | null;
}

/** Loopback, private, shared and link-local: one's own nets there are a /24 each (RFC 6890 §2.2.2). */
const ownNets = /^(?:127|10|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;

/** `192.0` for IPv4 (a /16), `127.0.3` in one's own nets (a /24), `2001:db8` for IPv6 (a /32): what one operator's fault rarely leaves. */
export function networkOf(address: string): string {
  if (!address.includes(":")) {
    return address
      .split(".")
      .slice(0, ownNets.test(address) ? 3 : 2)
      .join(".");
  }
  const [high = "", low = ""] = address.split("::")[0]?.split(":") ?? [];
  return `${high || "0"}:${low || "0"}`;
}

/**
 * `example.net` of `mx1.eu.example.net`: the last two labels stand for who runs it. Under `co.uk` they join what has
 * nothing to do with each other, which errs to fewer networks.
 */
export function suffixOf(name: string): string {
  return name.split(".").slice(-2).join(".");
}

export function standingOf(address: string, name: string | null): Standing {
  return { network: networkOf(address), suffix: name === null ? null : suffixOf(name) };
}

/** How many groups there are of servers that share neither a network nor a suffix, over any number of steps. */
export function unrelatedNetworks(standings: readonly Standing[]): number {
  let groups: ReadonlySet<string>[] = [];
  for (const { network, suffix } of standings) {
    const own = [network, ...(suffix === null ? [] : [`.${suffix}`])];
    const related = groups.filter((group) => own.some((each) => group.has(each)));
    groups = [
      ...groups.filter((group) => !related.includes(group)),
      new Set([...own, ...related.flatMap((g) => [...g])]),
    ];
  }
  return groups.length;
}
