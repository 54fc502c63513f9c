/** Which targets stand behind a customer, by hop: what the roster is built from and what a customer's status is read by. */

import { isIP } from "node:net";
import type { Customer, HopKind } from "./customer.ts";
import type { Target } from "./target.ts";

/** What DNS is known to say: the last good answers. */
export interface KnownDns {
  /** Host names of a domain's exchanges, best preference first; empty when none are known. */
  exchangesOf(domain: string): readonly string[];
  /** Canonical addresses of a host; empty when none are known. */
  addressesOf(host: string): readonly string[];
}

/** One way to a target. */
export interface Reach {
  readonly hop: HopKind;
  readonly target: Target;
  /** The reference name (RFC 9525 §2): the exchange's on the gateway hop, the server's on the other; null for a bare address. */
  readonly name: string | null;
  readonly vantage: string;
}

/** Where mail is handed over unless a gateway listens elsewhere, in a lab. */
export const smtpPort = 25;

/** From where a hop is looked at: from the one vantage that its customer names, or from `openly`, all that see the internet. */
export function vantagesOf(customer: Customer, hop: HopKind, openly: readonly string[]): readonly string[] {
  const named = customer.vantage[hop];
  return named === null ? openly : [named];
}

/**
 * All targets of the gateway hop (the exchanges of each domain, by STARTTLS on `gatewayPort`) and of the downstream hop.
 * An exchange that looks like an address is a name all the same (RFC 5321 §5.1); a downstream host that is one is dialled.
 * Each once for every vantage that looks at it; `openly`: those that see the internet as anybody does.
 */
export function reachesOf(
  customer: Customer,
  gatewayPort: number,
  dns: KnownDns,
  openly: readonly string[],
): readonly Reach[] {
  const exchanges = new Set(customer.domains.flatMap(({ name }) => dns.exchangesOf(name)));
  const ways: readonly Omit<Reach, "vantage">[] = [
    ...[...exchanges].flatMap((host) =>
      dns.addressesOf(host).map((address) => {
        return { hop: "gateway", target: { address, port: gatewayPort, tls: "starttls" }, name: host } as const;
      }),
    ),
    ...customer.downstream.flatMap(({ host, port, tls, name }) =>
      (isIP(host) ? [host] : dns.addressesOf(host)).map((address) => {
        return { hop: "downstream", target: { address, port, tls }, name } as const;
      }),
    ),
  ];
  return ways.flatMap((way) => vantagesOf(customer, way.hop, openly).map((vantage) => ({ ...way, vantage })));
}
