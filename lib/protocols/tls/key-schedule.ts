/** Secrets of TLS 1.3 (RFC 8446 §7.1), as far as the server's flight needs them. */

import { createHash, createHmac } from "node:crypto";
import type { Suite } from "./suites.ts";

/** The secret that the server's handshake messages are sealed with. `messages`: both hellos, each with its header. */
export function serverHandshakeSecret(suite: Suite, shared: Uint8Array, messages: Uint8Array): Uint8Array {
  const digest = digestOf(suite);
  const hash = (bytes: Uint8Array) => createHash(digest).update(bytes).digest();
  const none = hash(new Uint8Array(0));
  const early = createHmac(digest, new Uint8Array(0)).update(new Uint8Array(none.length)).digest();
  const derived = expandLabel(suite, early, "derived", none.length, none);
  const handshake = createHmac(digest, derived).update(shared).digest();
  return expandLabel(suite, handshake, "s hs traffic", none.length, hash(messages));
}

/** HKDF-Expand-Label; one block of HKDF-Expand is enough for keys, nonces and secrets. */
export function expandLabel(
  suite: Suite,
  secret: Uint8Array,
  label: string,
  length: number,
  context: Uint8Array = new Uint8Array(0),
): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.from([0, length, name.length, ...Buffer.from(name), context.length, ...context, 1]);
  return createHmac(digestOf(suite), secret).update(info).digest().subarray(0, length);
}

function digestOf({ iana }: Suite): "sha256" | "sha384" {
  return iana.endsWith("SHA384") ? "sha384" : "sha256";
}
