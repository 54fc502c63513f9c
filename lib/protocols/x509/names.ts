/** Does a certificate speak for this name? (RFC 9525 §6) */

import type { Leaf } from "../../model/observation.ts";
import { canonicalAddress } from "../ip/address.ts";

/**
 * Strict: only subjectAltName counts, never the common name; `*` stands for one whole left-most label and needs two labels
 * behind it (`*.com` matches nothing); an address matches only an iPAddress. `reference` is an A-label name, a trailing dot
 * is ignored, or an address.
 */
export function matchesName(leaf: Pick<Leaf, "dnsNames" | "addresses">, reference: string): boolean {
  const address = canonicalAddress(reference);
  if (address !== null) return leaf.addresses.includes(address);
  const name = reference.replace(/\.$/, "").toLowerCase();
  if (name === "") return false;
  return leaf.dnsNames.some((presented) => presented === name || wildcardMatches(presented, name));
}

const wildcard = /^\*(?<behind>(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,})$/;
const leftMostLabel = /^[a-z0-9-]+(?=\.)/;

function wildcardMatches(presented: string, name: string): boolean {
  const behind = wildcard.exec(presented)?.groups?.behind;
  return behind !== undefined && leftMostLabel.test(name) && name.replace(leftMostLabel, "") === behind;
}
