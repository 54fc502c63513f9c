/** SSLv2, which had records and a hello of its own (draft-hickman-netscape-ssl-00 §5.5, §5.6). */

import { Cursor, type Malformed } from "./cursor.ts";

export interface Sslv2Kind {
  /** Three bytes. */
  readonly code: number;
  readonly name: string;
  readonly openssl: string;
  readonly bits: number;
}

export const sslv2Kinds: readonly Sslv2Kind[] = [
  { code: 0x010080, name: "SSL_CK_RC4_128_WITH_MD5", openssl: "RC4-MD5", bits: 128 },
  { code: 0x020080, name: "SSL_CK_RC4_128_EXPORT40_WITH_MD5", openssl: "EXP-RC4-MD5", bits: 40 },
  { code: 0x030080, name: "SSL_CK_RC2_128_CBC_WITH_MD5", openssl: "RC2-CBC-MD5", bits: 128 },
  { code: 0x040080, name: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", openssl: "EXP-RC2-CBC-MD5", bits: 40 },
  { code: 0x050080, name: "SSL_CK_IDEA_128_CBC_WITH_MD5", openssl: "IDEA-CBC-MD5", bits: 128 },
  { code: 0x060040, name: "SSL_CK_DES_64_CBC_WITH_MD5", openssl: "DES-CBC-MD5", bits: 56 },
  { code: 0x060140, name: "SSL_CK_DES_64_CBC_WITH_SHA", openssl: "DES-CBC-SHA", bits: 56 },
  { code: 0x0700c0, name: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", openssl: "DES-CBC3-MD5", bits: 112 },
  { code: 0x0701c0, name: "SSL_CK_DES_192_EDE3_CBC_WITH_SHA", openssl: "DES-CBC3-SHA", bits: 112 },
  { code: 0x080080, name: "SSL_CK_RC4_64_WITH_MD5", openssl: "RC4-64-MD5", bits: 64 },
  { code: 0xff0800, name: "SSL_CK_DES_64_CFB64_WITH_MD5_1", openssl: "DES-CFB-M1", bits: 56 },
  { code: 0xff0810, name: "SSL_CK_NULL", openssl: "NULL", bits: 0 },
];

const kinds = new Map(sslv2Kinds.map((kind) => [kind.code, kind]));

export function sslv2KindByCode(code: number): Sslv2Kind | undefined {
  return kinds.get(code);
}

const clientHello = 1;
const serverHello = 4;

/** A CLIENT-HELLO that offers every kind. `challenge` is 16 bytes. */
export function writeSslv2Hello(challenge: Uint8Array): Uint8Array {
  const specs = sslv2Kinds.flatMap(({ code }) => [code >> 16, (code >> 8) & 0xff, code & 0xff]);
  const body = [clientHello, 0, 2, ...u16(specs.length), ...u16(0), ...u16(challenge.length), ...specs, ...challenge];
  return Uint8Array.from([0x80 | (body.length >> 8), body.length & 0xff, ...body]);
}

export interface Sslv2Answer {
  /** Kinds that both have: the server lists them all at once. */
  readonly kinds: readonly number[];
  /** DER; empty where the session is resumed. */
  readonly certificate: Uint8Array;
}

/** A SERVER-HELLO; null while more has to come. */
export function readSslv2Hello(bytes: Uint8Array): Sslv2Answer | Malformed | null {
  if (bytes.length < 3) return null;
  const [high = 0, low = 0] = bytes;
  const padded = (high & 0x80) === 0;
  const length = ((high & (padded ? 0x3f : 0x7f)) << 8) | low;
  const start = padded ? 3 : 2;
  if (bytes[start] !== undefined && bytes[start] !== serverHello) return { malformed: `message type ${bytes[start]}` };
  if (bytes.length < start + length) return null;
  const at = new Cursor(bytes.subarray(start, start + length));
  at.u8(); // type
  at.u8(); // session id hit
  at.u8(); // certificate type
  const version = at.u16();
  const [certificateLength, specsLength] = [at.u16(), at.u16()];
  at.u16(); // connection id length
  const certificate = at.bytes(certificateLength);
  const specs = new Cursor(at.bytes(specsLength));
  if (at.failed) return at.failed;
  if (version !== 2 || specsLength % 3 !== 0) return { malformed: `version ${version}, ${specsLength} bytes of kinds` };
  const kinds: number[] = [];
  while (!specs.done) kinds.push(specs.u24());
  return { kinds, certificate };
}

const u16 = (value: number): number[] => [value >> 8, value & 0xff];
