/** The name this host says in EHLO where nobody chose one (RFC 5321 §4.1.4): its FQDN, else its address literal. */

import { hostname, networkInterfaces } from "node:os";

export function defaultEhloName(name = hostname(), addresses = ownAddresses()): string {
  const fqdn = name.replace(/\.$/, "");
  return fqdn.includes(".") ? fqdn.toLowerCase() : addressLiteral(addresses[0] ?? "127.0.0.1");
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 §4.1.3). */
function addressLiteral(address: string): string {
  return address.includes(":") ? `[IPv6:${address}]` : `[${address}]`;
}

/** Addresses of this host that others may see, IPv4 first. */
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .sort((a, b) => Number(a.family === "IPv6") - Number(b.family === "IPv6"))
    .map(({ address }) => address);
}
