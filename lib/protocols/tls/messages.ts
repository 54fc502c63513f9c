/** What a server's handshake messages say (RFC 5246 §7.4, RFC 8446 §4). */

import type { ProtocolName } from "../../model/observation.ts";
import { Cursor, type Malformed } from "./cursor.ts";

export interface ServerHello {
  /** As on the wire: 0x0303 for TLS 1.2, and for TLS 1.3 as well. */
  readonly version: number;
  readonly suite: number;
}

/** `body` is the handshake message without its 4-byte header. */
export function readServerHello(body: Uint8Array): ServerHello | Malformed {
  const at = new Cursor(body);
  const version = at.u16();
  at.bytes(32); // random
  at.vector8(); // session id
  const suite = at.u16();
  at.u8(); // compression
  return at.failed ?? { version, suite };
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

export interface KeyExchangeGroup {
  /** IANA name in lower case, `dh` for a finite field, null for an ephemeral RSA key (EXPORT). */
  readonly group: string | null;
  readonly bits: number | null;
}

/** The group of a ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4). */
export function readServerKeyExchange(body: Uint8Array, kind: "dhe" | "ecdhe" | "rsa"): KeyExchangeGroup | Malformed {
  const at = new Cursor(body);
  if (kind !== "ecdhe") {
    const bits = bitLength(at.vector16());
    return at.failed ?? { group: kind === "dhe" ? "dh" : null, bits };
  }
  const curveType = at.u8();
  const curve = at.u16();
  if (at.failed) return at.failed;
  return curveType === 3 ? groupByCode(curve) : { group: "explicit", bits: null };
}

/** Size of a big-endian number. */
function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24;
}

/** The registry's names (RFC 8422, RFC 7027, RFC 7919) with the size of the field in bits. */
const groups: ReadonlyMap<number, readonly [string, number]> = new Map([
  [1, ["sect163k1", 163]],
  [2, ["sect163r1", 163]],
  [3, ["sect163r2", 163]],
  [4, ["sect193r1", 193]],
  [5, ["sect193r2", 193]],
  [6, ["sect233k1", 233]],
  [7, ["sect233r1", 233]],
  [8, ["sect239k1", 239]],
  [9, ["sect283k1", 283]],
  [10, ["sect283r1", 283]],
  [11, ["sect409k1", 409]],
  [12, ["sect409r1", 409]],
  [13, ["sect571k1", 571]],
  [14, ["sect571r1", 571]],
  [15, ["secp160k1", 160]],
  [16, ["secp160r1", 160]],
  [17, ["secp160r2", 160]],
  [18, ["secp192k1", 192]],
  [19, ["secp192r1", 192]],
  [20, ["secp224k1", 224]],
  [21, ["secp224r1", 224]],
  [22, ["secp256k1", 256]],
  [23, ["secp256r1", 256]],
  [24, ["secp384r1", 384]],
  [25, ["secp521r1", 521]],
  [26, ["brainpoolp256r1", 256]],
  [27, ["brainpoolp384r1", 384]],
  [28, ["brainpoolp512r1", 512]],
  [29, ["x25519", 253]],
  [30, ["x448", 448]],
]);

function groupByCode(code: number): KeyExchangeGroup {
  const [group, bits] = groups.get(code) ?? [`group-${code}`, null];
  return { group, bits };
}

const protocols: ReadonlyMap<number, ProtocolName> = new Map([
  [0x0300, "SSLv3"],
  [0x0301, "TLSv1"],
  [0x0302, "TLSv1.1"],
  [0x0303, "TLSv1.2"],
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
