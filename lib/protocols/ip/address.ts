/** IP addresses as bytes and as text, and the spellings of them that are not addresses to a reader. */

import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";

/** 4 or 16 bytes; null when `text` isn't an address in the usual form (a zone id, brackets and octal parts aren't). */
export function addressBytes(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  // Without a colon it is none, and net.isIPv6 takes milliseconds to compile its pattern.
  if (!text.includes(":") || !isIPv6(text) || text.includes("%")) return null;
  const [head = "", tail] = text.split("::");
  const before = groupBytes(head);
  const after = groupBytes(tail ?? "");
  return Uint8Array.from([...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after]);
}

/** `20:1:a.b.c.d` → the bytes of its groups; the last may be dotted. */
function groupBytes(groups: string): readonly number[] {
  if (groups === "") return [];
  return groups.split(":").flatMap((group) => {
    if (group.includes(".")) return group.split(".").map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The text form of 4 or 16 bytes: dotted, or RFC 5952; null for any other length. */
export function addressText(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) return null;
  // RFC 5952 §5: the IPv4 part stays dotted where the prefix says that it is one.
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  const gap = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (gap.length < 2) return hex.join(":");
  return `${hex.slice(0, gap.start).join(":")}::${hex.slice(gap.start + gap.length).join(":")}`;
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** The first of the longest runs of zero groups (RFC 5952 §4.2.3). */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [at, group] of groups.entries()) {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start };
  }
  return best;
}

/** `2001:DB8:0:0::1` → `2001:db8::1` (RFC 5952); null when `text` isn't an address. */
export function canonicalAddress(text: string): string | null {
  const bytes = addressBytes(text);
  return bytes && addressText(bytes);
}

/**
 * The address behind a spelling that a resolver or a C library would take for one: `0x7f.1`, `2130706433`, `0177.0.0.1`,
 * `127.1`, full-width digits, `[::1]`, `fe80::1%eth0`, `localhost` and what ends in it (RFC 6761 §6.3).
 * Null for a name that is a name, and for an address in its usual form.
 */
export function readOddAddress(text: string): string | null {
  if (addressBytes(text) !== null) return null;
  if (/^(?:.+\.)?localhost\.?$/i.test(text)) return "127.0.0.1";
  const bare = /^\[?([^\]%]*)(?:%[^\]]*)?\]?$/.exec(text)?.[1];
  if (bare?.includes(":")) return canonicalAddress(bare);
  // The host parser of the URL standard knows hexadecimal, octal, short and full-width forms.
  return canonicalAddress(domainToASCII(text));
}
