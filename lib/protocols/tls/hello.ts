/** A ClientHello of our own making, for what our TLS library can't offer (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2). */

import { type Suite, suites } from "./suites.ts";
import { Writer } from "./writer.ts";

export interface Hello {
  /** The highest version offered, as on the wire: 0x0300 (SSLv3) to 0x0304 (TLS 1.3, which is named by an extension). */
  readonly version: number;
  /** TLS 1.3: TLS 1.2 is named beside it, as every real client does. */
  readonly fallback?: boolean;
  /** Code points in the order of preference. */
  readonly suites: readonly number[];
  /** 32 bytes. */
  readonly random: Uint8Array;
  /** A host name without trailing dot, or null for none (RFC 6066 §3). */
  readonly serverName: string | null;
  /** Of the session to resume, at most 32 bytes; none by default. */
  readonly sessionId?: Uint8Array;
  /** Code points of named groups (RFC 8422 §5.1.1); the extension is left out where there are none. */
  readonly groups: readonly number[];
  /** Code points of signature schemes (RFC 5246 §7.4.1.4.1), sent from TLS 1.2 on. */
  readonly signatures: readonly number[];
  /** TLS 1.3: the keys that are sent along. None asks the server to name a group (RFC 8446 §4.2.8). */
  readonly keyShares?: readonly { readonly group: number; readonly key: Uint8Array }[];
  /** None at all. */
  readonly withoutExtensions?: boolean;
  /** Further extensions, as they are. */
  readonly extra?: readonly { readonly type: number; readonly body: Uint8Array }[];
  /** Methods beside "none" (RFC 3749). */
  readonly compression?: readonly number[];
}

const tls13 = 0x0304;

/** "I know secure renegotiation", as a suite (RFC 5746 §3.3). */
const renegotiationScsv = 0x00ff;

/** The hello in one record, ready to be sent. SSLv3 has no extensions. */
export function writeHello(hello: Hello): Uint8Array {
  const { version, random, suites, sessionId = nothing, compression = [], withoutExtensions = false } = hello;
  const to = new Writer();
  // A record version above TLS 1.0 has made old servers hang (RFC 5246 §E.1).
  to.u8(22).u16(version === 0x0300 ? 0x0300 : 0x0301);
  to.vector16(() => {
    to.u8(1).vector24(() => {
      to.u16(Math.min(version, 0x0303)).bytes(random);
      to.u8(sessionId.length).bytes(sessionId);
      to.vector16(() => to.u16s(suites).u16(renegotiationScsv));
      to.u8(compression.length + 1)
        .bytes(compression)
        .u8(0);
      if (version > 0x0300 && !withoutExtensions) to.vector16(() => writeExtensions(hello, to));
    });
  });
  return to.written();
}

const nothing = new Uint8Array(0);

function writeExtensions(hello: Hello, to: Writer): void {
  const { version, fallback = false, serverName, groups, signatures, keyShares = [], extra = [] } = hello;
  const name = Buffer.from(serverName?.replace(/\.$/, "") ?? "", "latin1");
  const extension = (type: number, write: () => void) => to.u16(type).vector16(write);
  const list = (codes: readonly number[]) => to.vector16(() => to.u16s(codes));
  if (name.length > 0) {
    extension(0, () => to.vector16(() => to.u8(0).vector16(() => to.bytes(name))));
  }
  if (groups.length > 0) extension(10, () => list(groups));
  extension(11, () => to.u8(1).u8(0)); // uncompressed points
  if (version >= 0x0303) extension(13, () => list(signatures));
  if (version >= tls13) {
    const supported = fallback ? [version, 0x0303] : [version];
    extension(43, () => to.u8(2 * supported.length).u16s(supported));
    extension(51, () =>
      to.vector16(() => {
        for (const { group, key } of keyShares) to.u16(group).vector16(() => to.bytes(key));
      }),
    );
  }
  for (const { type, body } of extra) extension(type, () => to.bytes(body));
}

/** Groups that servers have been seen with, the usual first: x25519, P-256, P-384, P-521, x448, then the old and the rare, then ffdhe. */
export const olderGroups: readonly number[] = [29, 23, 24, 25, 30, ...range(1, 22), 26, 27, 28, ...range(256, 260)];

/** ECDSA, RSA-PSS, EdDSA, RSA, DSA, down to SHA-1 and MD5, and RSA-PSS of keys for that alone. */
export const everySignature: readonly number[] = [
  0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601, 0x0402, 0x0502, 0x0602,
  0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202, 0x0101, 0x0809, 0x080a, 0x080b,
];

/**
 * What the bare hello offers, least bad first: suites that our library lacks, or that it must not offer because an
 * anonymous or unencrypted session would hide what the server can do; and AES as of SSLv3's days, for servers that
 * speak nothing later. None that needs a secret shared beforehand.
 */
export function legacySuites(): readonly number[] {
  leastBadFirst ??= suites
    .filter((suite) => !suite.tls13 && !needsSecret(suite) && (!isModern(suite) || isOfSslv3(suite)))
    .sort((a, b) => rank(a) - rank(b))
    .map(({ code }) => code);
  return leastBadFirst;
}

/** Few servers get to see it, and no command shall wait for it. */
let leastBadFirst: readonly number[] | undefined;

function needsSecret({ keyExchange, authentication }: Suite): boolean {
  return keyExchange === "srp" || ["psk", "krb5", "password"].includes(authentication);
}

/** Offered by every modern sender's own library, and so by ours. */
function isModern({ cipher, keyExchange, authentication }: Suite): boolean {
  const bulk = cipher.startsWith("AES_") || cipher.startsWith("CHACHA20");
  const certified = authentication === "rsa" || authentication === "ecdsa";
  return bulk && certified && ["rsa", "dhe", "ecdhe"].includes(keyExchange);
}

function isOfSslv3({ code }: Suite): boolean {
  return code >= 0x002f && code <= 0x0039;
}

/** Encrypted before not, authenticated before anonymous, strong before weak, ephemeral before static. */
function rank({ bits, forwardSecret, authentication }: Suite): number {
  const kind = (bits === 0 ? 2 : 0) + (authentication === "anonymous" ? 1 : 0);
  return 1_000 * kind - 2 * bits - (forwardSecret ? 1 : 0);
}

/** The bare hello of the last try. `random` is 32 bytes. */
export function legacyHello(random: Uint8Array, serverName: string | null): Hello {
  return {
    version: 0x0303,
    suites: legacySuites(),
    random,
    serverName,
    groups: olderGroups,
    signatures: everySignature,
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
