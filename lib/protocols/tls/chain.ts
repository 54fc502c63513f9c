/** The certificates as the server sent them, from the bytes of its flight: our TLS library shows only a tidied path. */

import { createDecipheriv } from "node:crypto";
import { expandLabel } from "./key-schedule.ts";
import { readCertificates12, readCertificates13, readServerHello } from "./messages.ts";
import {
  type HandshakeMessage,
  MessageReader,
  messageType,
  RecordReader,
  recordType,
  type TlsRecord,
} from "./records.ts";
import { suiteByCode } from "./suites.ts";

/**
 * DER of each certificate, in the order sent and with duplicates; null when the flight holds no whole Certificate
 * message that we can read.
 *
 * `secret` is the server's handshake traffic secret (RFC 8446 §7.1), which opens the flight of TLS 1.3;
 * null up to TLS 1.2, where the flight is in clear.
 */
export function certificatesAsSent(flight: Uint8Array, secret: Uint8Array | null): readonly Uint8Array[] | null {
  for (const { type, body } of new OpenedMessages(() => secret).push(flight)) {
    if (type !== messageType.certificate) continue;
    const read = secret === null ? readCertificates12(body) : readCertificates13(body);
    return "malformed" in read ? null : read;
  }
  return null;
}

/** The handshake messages of a flight as it arrives, those of TLS 1.3 opened. Once `stuck`, no more can be read. */
export class OpenedMessages {
  readonly #records = new RecordReader();
  readonly #clear = new MessageReader();
  readonly #opened = new MessageReader();
  readonly #secretFor: (serverHello: HandshakeMessage) => Uint8Array | null;
  #open: ((record: TlsRecord) => Uint8Array | null) | undefined;
  #isSealed = false;

  /** `secretFor` gives the server's handshake traffic secret; null where there is none. */
  constructor(secretFor: (serverHello: HandshakeMessage) => Uint8Array | null) {
    this.#secretFor = secretFor;
  }

  get stuck(): boolean {
    return this.#isSealed || this.#records.broken || this.#clear.tooMuch || this.#opened.tooMuch;
  }

  *push(chunk: Uint8Array): Generator<HandshakeMessage> {
    if (this.#isSealed) return;
    for (const record of this.#records.push(chunk)) {
      if (record.type === recordType.handshake) {
        for (const message of this.#clear.push(record.body)) {
          const secret = message.type === messageType.serverHello ? this.#secretFor(message) : null;
          if (secret !== null) this.#open = openerFor(message.body, secret);
          yield message;
        }
      } else if (record.type === recordType.applicationData) {
        const body = this.#open?.(record);
        this.#isSealed = !body;
        if (!body) return;
        yield* this.#opened.push(body);
      }
    }
  }
}

/** Length of key and tag in bytes (RFC 8446 §B.4, RFC 6655 §6.1). */
const aeads: Readonly<Record<string, { readonly keyLength: number; readonly authTagLength: number }>> = {
  AES_128_GCM: { keyLength: 16, authTagLength: 16 },
  AES_256_GCM: { keyLength: 32, authTagLength: 16 },
  CHACHA20_POLY1305: { keyLength: 32, authTagLength: 16 },
  AES_128_CCM: { keyLength: 16, authTagLength: 16 },
  AES_128_CCM_8: { keyLength: 16, authTagLength: 8 },
};

/** Suites of TLS 1.3 whose records we can open. */
export function canOpen(code: number): boolean {
  const suite = suiteByCode(code);
  return suite?.tls13 === true && suite.cipher in aeads;
}

function decipherOf(cipher: string, key: Buffer, nonce: Buffer, authTagLength: number) {
  if (cipher === "CHACHA20_POLY1305") return createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength });
  if (cipher.startsWith("AES_128_CCM")) return createDecipheriv("aes-128-ccm", key, nonce, { authTagLength });
  return createDecipheriv(key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", key, nonce, { authTagLength });
}

/** Opens the records of one direction one after the other (RFC 8446 §5.2, §5.3). Gives only what is of the handshake. */
function openerFor(
  serverHello: Uint8Array,
  secret: Uint8Array,
): ((record: TlsRecord) => Uint8Array | null) | undefined {
  const hello = readServerHello(serverHello);
  const suite = "suite" in hello ? suiteByCode(hello.suite) : undefined;
  const aead = suite && aeads[suite.cipher];
  if (!suite || !aead) return undefined;
  const { keyLength, authTagLength } = aead;
  const key = expandLabel(suite, secret, "key", keyLength);
  const iv = expandLabel(suite, secret, "iv", 12);
  let sequence = 0;
  return ({ header, body }) => {
    const nonce = Buffer.from(iv);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
    sequence += 1;
    const sealed = body.subarray(0, -authTagLength);
    try {
      const decipher = decipherOf(suite.cipher, key, nonce, authTagLength);
      decipher.setAuthTag(body.subarray(-authTagLength));
      decipher.setAAD(header, { plaintextLength: sealed.length });
      const inner = decipher.update(sealed);
      decipher.final();
      const end = inner.findLastIndex((byte) => byte !== 0);
      return inner[end] === recordType.handshake ? inner.subarray(0, end) : new Uint8Array(0);
    } catch {
      return null;
    }
  };
}
