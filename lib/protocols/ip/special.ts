/** Which addresses must not be dialled: all that the registries don't mark globally reachable, however they are written. */

import { addressBytes, addressText } from "./address.ts";
import { type Range, ranges } from "./registry.ts";

interface Prefix extends Range {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

/** Longest first: the first that fits decides. Read when first asked for, a family at a time: a single probe needs one. */
const prefixesOf = {
  4: lazily(() => readPrefixes((prefix) => !prefix.includes(":"))),
  16: lazily(() => readPrefixes((prefix) => prefix.includes(":"))),
};

function readPrefixes(wanted: (prefix: string) => boolean): readonly Prefix[] {
  return ranges
    .filter(({ prefix }) => wanted(prefix))
    .map((range) => {
      const [base = "", bits] = range.prefix.split("/");
      return { ...range, bytes: addressBytes(base) ?? new Uint8Array(), bits: Number(bits) };
    })
    .sort((a, b) => b.bits - a.bits);
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Says why `address` must not be dialled: `10.0.0.0/8 (private use, RFC 1918)`; null when it may be.
 *
 * `allowPrivate` opens one's own networks (private, loopback, link-local, documentation, benchmarking), but neither what no
 * server can have (multicast, unspecified, reserved) nor the metadata services of clouds. An IPv4 address inside an IPv6
 * one (mapped, compatible, NAT64, 6to4, Teredo) is judged like itself. What isn't an address is refused as such.
 */
export function forbiddenRange(address: string, options: { readonly allowPrivate: boolean }): string | null {
  const bytes = addressBytes(address);
  if (bytes === null) return "not an IP address";
  for (const { form, inner } of embedded(bytes)) {
    const why = refusal(inner, options.allowPrivate);
    if (why !== null) return `${why} as ${form} ${addressText(inner)}`;
  }
  return refusal(bytes, options.allowPrivate);
}

function refusal(bytes: Uint8Array, allowPrivate: boolean): string | null {
  const prefixes = bytes.length === 4 ? prefixesOf[4]() : prefixesOf[16]();
  const range = prefixes.find((prefix) => covers(prefix, bytes));
  if (range === undefined || range.reach === "global" || (range.reach === "own" && allowPrivate)) return null;
  return `${range.prefix} (${range.what}, ${range.source})`;
}

/** Both of one family. */
function covers({ bytes: base, bits }: Prefix, bytes: Uint8Array): boolean {
  const whole = bits >> 3;
  for (let at = 0; at < whole; at++) if (base[at] !== bytes[at]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || (base[whole] ?? 0) >> rest === (bytes[whole] ?? 0) >> rest;
}

interface Embedded {
  readonly form: string;
  readonly inner: Uint8Array;
}

/** The IPv4 addresses that an IPv6 address may stand for. */
function embedded(bytes: Uint8Array): readonly Embedded[] {
  if (bytes.length !== 16) return [];
  const within = (prefix: string) => prefixesOf[16]().some((known) => known.prefix === prefix && covers(known, bytes));
  const pick = (form: string, ...at: readonly number[]): Embedded => ({
    form,
    inner: Uint8Array.from(at, (index) => bytes[index] ?? 0),
  });
  const last = [12, 13, 14, 15] as const;
  if (within("::/128") || within("::1/128")) return [];
  if (within("::/96")) return [pick("IPv4-compatible", ...last)];
  if (within("::ffff:0.0.0.0/96")) return [pick("IPv4-mapped", ...last)];
  if (within("64:ff9b::/96") || within("64:ff9b:1::/48")) return [pick("NAT64", ...last)];
  if (within("2002::/16")) return [pick("6to4", 2, 3, 4, 5)];
  if (within("2001::/32")) {
    const client = pick("Teredo client", ...last);
    return [pick("Teredo server", 4, 5, 6, 7), { ...client, inner: client.inner.map((byte) => byte ^ 0xff) }];
  }
  return [];
}
