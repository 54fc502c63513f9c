/** A server's first flight up to TLS 1.2, byte by byte: for suites that no TLS library at hand would choose. */

export interface FakeFlight {
  /** As on the wire: 0x0300 for SSLv3 … 0x0303 for TLS 1.2. */
  readonly version?: number;
  readonly suite: number;
  /** DER. */
  readonly certificates?: readonly Uint8Array[];
  /** Body of a ServerKeyExchange. */
  readonly keyExchange?: Uint8Array;
  /** False: the server falls silent after its hello. */
  readonly done?: boolean;
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u24 = (value: number) => Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff]);
const vector16 = (body: Uint8Array) => Buffer.concat([u16(body.length), body]);
const vector24 = (body: Uint8Array) => Buffer.concat([u24(body.length), body]);

export const record = (type: number, version: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([type]), u16(version), vector16(body)]);

export const message = (type: number, body: Uint8Array): Buffer => Buffer.concat([Buffer.from([type]), vector24(body)]);

export function serverFlight({ version = 0x0303, suite, certificates, keyExchange, done = true }: FakeFlight): Buffer {
  const hello = Buffer.concat([u16(version), Buffer.alloc(32, 7), Buffer.from([0]), u16(suite), Buffer.from([0])]);
  const messages = [
    message(2, hello),
    ...(certificates ? [message(11, vector24(Buffer.concat(certificates.map(vector24))))] : []),
    ...(keyExchange ? [message(12, keyExchange)] : []),
    ...(done ? [message(14, Buffer.alloc(0))] : []),
  ];
  return Buffer.concat(messages.map((body) => record(22, version, body)));
}

/** Of an ephemeral Diffie-Hellman exchange with a prime of so many bits. */
export const finiteFieldExchange = (bits: number): Buffer =>
  Buffer.concat([
    vector16(Buffer.concat([Buffer.from([0x80 >> (7 - ((bits - 1) % 8))]), Buffer.alloc(Math.ceil(bits / 8) - 1, 1)])),
    vector16(Buffer.from([2])),
    vector16(Buffer.from([5])),
  ]);

/** Of an exchange on a named curve. */
export const curveExchange = (curve: number): Buffer =>
  Buffer.concat([Buffer.from([3]), u16(curve), Buffer.from([1, 4])]);

/** An SSLv2 SERVER-HELLO. */
export function sslv2Hello(kinds: readonly number[], certificate: Uint8Array, padded: boolean): Buffer {
  const specs = Buffer.concat(kinds.map(u24));
  const head = [Buffer.from([4, 0, 1]), u16(2), u16(certificate.length), u16(specs.length), u16(16)];
  const body = Buffer.concat([...head, certificate, specs, Buffer.alloc(16, 3)]);
  return Buffer.concat([
    padded ? Buffer.concat([u16(body.length), Buffer.from([0])]) : u16(0x8000 | body.length),
    body,
  ]);
}
