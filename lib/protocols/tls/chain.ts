/** The certificates as the server sent them, from the bytes of its flight: our TLS library shows only a tidied path. */

import { createDecipheriv, createHmac } from "node:crypto";
import { readCertificates12, readCertificates13, readServerHello } from "./messages.ts";
import {
  type HandshakeMessage,
  MessageReader,
  messageType,
  RecordReader,
  recordType,
  type TlsRecord,
} from "./records.ts";
import { type Suite, suiteByCode } from "./suites.ts";

/**
 * DER of each certificate, in the order sent and with duplicates; null when the flight holds no whole Certificate
 * message that we can read.
 *
 * `secret` is the server's handshake traffic secret (RFC 8446 §7.1), which opens the flight of TLS 1.3;
 * null up to TLS 1.2, where the flight is in clear.
 */
export function certificatesAsSent(flight: Uint8Array, secret: Uint8Array | null): readonly Uint8Array[] | null {
  for (const { type, body } of messagesOf(flight, secret)) {
    if (type !== messageType.certificate) continue;
    const read = secret === null ? readCertificates12(body) : readCertificates13(body);
    return "malformed" in read ? null : read;
  }
  return null;
}

function* messagesOf(flight: Uint8Array, secret: Uint8Array | null): Generator<HandshakeMessage> {
  const clear = new MessageReader();
  const opened = new MessageReader();
  let open: ((record: TlsRecord) => Uint8Array | null) | undefined;
  for (const record of new RecordReader().push(flight)) {
    if (record.type === recordType.handshake) {
      for (const message of clear.push(record.body)) {
        if (message.type === messageType.serverHello && secret !== null) open = openerFor(message.body, secret);
        yield message;
      }
    } else if (record.type === recordType.applicationData) {
      const body = open?.(record);
      if (!body) return;
      yield* opened.push(body);
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

/** HKDF-Expand-Label with an empty context (RFC 8446 §7.1); one block of HKDF-Expand is enough for keys and nonces. */
function expandLabel({ iana }: Suite, secret: Uint8Array, label: string, length: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.from([0, length, name.length, ...Buffer.from(name), 0, 1]);
  const digest = iana.endsWith("SHA384") ? "sha384" : "sha256";
  return createHmac(digest, secret).update(info).digest().subarray(0, length);
}
