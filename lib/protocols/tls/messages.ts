/** What a server's handshake messages say (RFC 5246 §7.4, RFC 8446 §4). */

import type { ProtocolName } from "../../model/observation.ts";
import { Cursor, type Malformed } from "./cursor.ts";
import { groupByCode } from "./groups.ts";

export interface ServerHello {
  /** What was agreed: of TLS 1.3 as its extension names it, 0x0304 (RFC 8446 §4.2.1). */
  readonly version: number;
  readonly suite: number;
  /** A HelloRetryRequest: it names what it chose, and wants another hello (RFC 8446 §4.1.4). */
  readonly retry: boolean;
  readonly compression: number;
  readonly sessionId: Uint8Array;
  /** By type. */
  readonly extensions: ReadonlyMap<number, Uint8Array>;
}

/** SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
const retryRandom = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");
const supportedVersions = 43;

/** `body` is the handshake message without its 4-byte header. */
export function readServerHello(body: Uint8Array): ServerHello | Malformed {
  const at = new Cursor(body);
  const legacyVersion = at.u16();
  const random = at.bytes(32);
  const sessionId = at.vector8();
  const suite = at.u16();
  const compression = at.u8();
  const extensions = new Map<number, Uint8Array>();
  if (at.failed === undefined && !at.done) {
    const list = new Cursor(at.vector16());
    while (!list.done) extensions.set(list.u16(), list.vector16());
    if (at.failed ?? list.failed) return at.failed ?? list.failed ?? { malformed: "" };
  }
  const named = extensions.get(supportedVersions);
  const version = named?.length === 2 ? new Cursor(named).u16() : legacyVersion;
  return at.failed ?? { version, suite, retry: retryRandom.equals(random), compression, sessionId, extensions };
}

/** Up to TLS 1.2: DER of each certificate in the order sent. */
export function readCertificates12(body: Uint8Array): readonly Uint8Array[] | Malformed {
  const list = new Cursor(new Cursor(body).vector24());
  const certificates: Uint8Array[] = [];
  while (!list.done) certificates.push(list.vector24());
  return list.failed ?? certificates;
}

/** TLS 1.3, where each certificate has extensions (RFC 8446 §4.4.2). */
export function readCertificates13(body: Uint8Array): readonly Uint8Array[] | Malformed {
  const at = new Cursor(body);
  at.vector8(); // request context
  const list = new Cursor(at.vector24());
  const certificates: Uint8Array[] = [];
  while (!list.done) {
    certificates.push(list.vector24());
    list.vector16();
  }
  return at.failed ?? list.failed ?? certificates;
}

/** What a server chose for the key exchange, and how it signed that. */
export interface ServerKey {
  /** IANA name in lower case, `dh` for a finite field, null for an ephemeral RSA key (EXPORT) or none. */
  readonly group: string | null;
  readonly bits: number | null;
  /** Code point of a named curve. */
  readonly code: number | null;
  /** Of a finite field, big-endian. */
  readonly prime: Uint8Array | null;
  /** Code point of the signature scheme; null before TLS 1.2, and where nothing is signed. */
  readonly signature: number | null;
}

export const noKey: ServerKey = { group: null, bits: null, code: null, prime: null, signature: null };

/** A ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4, RFC 4279 §2): `hinted` where an identity hint stands before it. */
export function readServerKeyExchange(
  body: Uint8Array,
  kind: "dhe" | "ecdhe" | "rsa" | "none",
  hinted: boolean,
  version: number,
): ServerKey | Malformed {
  const at = new Cursor(body);
  if (hinted) at.vector16();
  const key = kind === "none" ? noKey : readKey(at, kind);
  if (at.failed) return at.failed;
  const signature = version >= 0x0303 && !at.done ? at.u16() : null;
  return { ...key, signature: at.failed ? null : signature };
}

function readKey(at: Cursor, kind: "dhe" | "ecdhe" | "rsa"): ServerKey {
  if (kind === "ecdhe") {
    const curveType = at.u8();
    if (curveType !== 3) return { ...noKey, group: "explicit" };
    const code = at.u16();
    at.vector8(); // its public key
    const known = groupByCode(code);
    return { ...noKey, group: known?.name ?? `group-${code}`, bits: known?.bits ?? null, code };
  }
  const prime = at.vector16(); // of an ephemeral RSA key the modulus
  at.vector16(); // generator, or exponent
  if (kind === "rsa") return { ...noKey, bits: bitLength(prime) };
  at.vector16(); // its public key
  return { ...noKey, group: "dh", bits: bitLength(prime), prime };
}

/** Size of a big-endian number. */
function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24;
}

const protocols: ReadonlyMap<number, ProtocolName> = new Map([
  [0x0300, "SSLv3"],
  [0x0301, "TLSv1"],
  [0x0302, "TLSv1.1"],
  [0x0303, "TLSv1.2"],
  [0x0304, "TLSv1.3"],
]);

export function protocolByVersion(version: number): ProtocolName | undefined {
  return protocols.get(version);
}

/** Names of alerts (RFC 8446 §6, older ones in RFC 5246 §7.2). */
const alerts: ReadonlyMap<number, string> = new Map([
  [0, "close_notify"],
  [10, "unexpected_message"],
  [20, "bad_record_mac"],
  [21, "decryption_failed"],
  [22, "record_overflow"],
  [30, "decompression_failure"],
  [40, "handshake_failure"],
  [41, "no_certificate"],
  [42, "bad_certificate"],
  [43, "unsupported_certificate"],
  [44, "certificate_revoked"],
  [45, "certificate_expired"],
  [46, "certificate_unknown"],
  [47, "illegal_parameter"],
  [48, "unknown_ca"],
  [49, "access_denied"],
  [50, "decode_error"],
  [51, "decrypt_error"],
  [60, "export_restriction"],
  [70, "protocol_version"],
  [71, "insufficient_security"],
  [80, "internal_error"],
  [86, "inappropriate_fallback"],
  [90, "user_canceled"],
  [100, "no_renegotiation"],
  [109, "missing_extension"],
  [110, "unsupported_extension"],
  [112, "unrecognized_name"],
  [113, "bad_certificate_status_response"],
  [115, "unknown_psk_identity"],
  [116, "certificate_required"],
  [120, "no_application_protocol"],
]);

export function alertName(code: number): string {
  return alerts.get(code) ?? `alert ${code}`;
}
