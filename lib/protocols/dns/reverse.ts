/** Names under which addresses are looked up. */

import { isIPv6 } from "node:net";
import { addressBytes } from "../ip/address.ts";

/** `1.2.0.192` of 192.0.2.1; of an IPv6 address its nibbles, the last one first. */
export function reversed(address: string): string {
  const bytes = [...(addressBytes(address) ?? [])].reverse();
  if (!isIPv6(address)) return bytes.join(".");
  return bytes
    .flatMap((byte) => [byte & 0xf, byte >> 4])
    .map((nibble) => nibble.toString(16))
    .join(".");
}

/** `1.2.0.192.in-addr.arpa` (RFC 1035 §3.5), `….ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(address: string): string {
  return `${reversed(address)}.${isIPv6(address) ? "ip6" : "in-addr"}.arpa`;
}
