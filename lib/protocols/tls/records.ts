/** Records and handshake messages as they arrive (RFC 8446 §5.1, §4), bounded. */

export interface TlsRecord {
  readonly type: number;
  /** The five bytes before the body: what TLS 1.3 authenticates along with it. */
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

export const recordType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;
export const messageType = {
  serverHello: 2,
  certificate: 11,
  serverKeyExchange: 12,
  serverHelloDone: 14,
  certificateVerify: 15,
} as const;

/** More than this of certificates isn't read. */
export const mostCertificateBytes = 262_144;

/** The largest body of a record, with what encryption may add to it. */
const mostRecordBytes = 16_384 + 2_048;

/** One record in clear. `version` as on the wire. */
export function writeRecord(type: number, version: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  return Buffer.concat([Uint8Array.of(type, version >> 8, version & 0xff, length >> 8, length & 0xff), body]);
}

/** A part of a Buffer is another Buffer, which costs ten times what a part of plain bytes does. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Cuts a stream into records. Once `broken`, what arrived isn't TLS and nothing more is read. */
export class RecordReader {
  #buffer: Uint8Array = new Uint8Array(0);
  broken = false;

  *push(chunk: Uint8Array): Generator<TlsRecord> {
    this.#buffer = this.#buffer.length === 0 ? plain(chunk) : plain(Buffer.concat([this.#buffer, chunk]));
    while (!this.broken && this.#buffer.length > 0) {
      const type = this.#buffer[0] ?? 0;
      const major = this.#buffer[1] ?? 3;
      const length = ((this.#buffer[3] ?? 0) << 8) | (this.#buffer[4] ?? 0);
      this.broken = type < 20 || type > 24 || major !== 3 || length > mostRecordBytes;
      if (this.broken || this.#buffer.length < 5 + length) return;
      const record = { type, header: this.#buffer.subarray(0, 5), body: this.#buffer.subarray(5, 5 + length) };
      this.#buffer = this.#buffer.subarray(5 + length);
      yield record;
    }
  }
}

/** Joins the bodies of handshake records into messages. Once `tooMuch`, nothing more is read. */
export class MessageReader {
  #buffer: Uint8Array = new Uint8Array(0);
  tooMuch = false;

  *push(body: Uint8Array): Generator<HandshakeMessage> {
    this.#buffer = this.#buffer.length === 0 ? body : plain(Buffer.concat([this.#buffer, body]));
    while (!this.tooMuch && this.#buffer.length >= 4) {
      const type = this.#buffer[0] ?? 0;
      const length = ((this.#buffer[1] ?? 0) << 16) | ((this.#buffer[2] ?? 0) << 8) | (this.#buffer[3] ?? 0);
      this.tooMuch = length > mostCertificateBytes;
      if (this.tooMuch || this.#buffer.length < 4 + length) return;
      const message = { type, body: this.#buffer.subarray(4, 4 + length) };
      this.#buffer = this.#buffer.subarray(4 + length);
      yield message;
    }
  }
}
