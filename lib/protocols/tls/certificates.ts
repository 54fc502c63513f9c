/** From DER to facts, each certificate parsed once: the same few leaves come back in every cycle. */

import { hash, X509Certificate } from "node:crypto";
import type { ChainEntry, Leaf } from "../../model/observation.ts";
import { chainEntry, readLeaf } from "../x509/leaf.ts";

export interface CertificateCache {
  leaf(certificate: X509Certificate): Leaf;
  /** Null when `der` isn't a certificate. */
  entry(der: Uint8Array): ChainEntry | null;
}

/** Keeps the facts of at most `most` leaves and as many chain entries, the latest used. */
export function createCertificateCache(most: number): CertificateCache {
  const leaves = lru<Leaf>(most);
  const entries = lru<ChainEntry>(most);
  return {
    leaf: (certificate) => leaves(certificate.fingerprint256, () => readLeaf(certificate)),
    entry: (der) => {
      try {
        return entries(hash("sha256", der, "base64"), () => chainEntry(new X509Certificate(der)));
      } catch {
        return null;
      }
    },
  };
}

/** A Map keeps the order of insertion, so the first key is the one that wasn't used for longest. */
function lru<T>(most: number): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const value = known.get(key) ?? make();
    known.delete(key);
    known.set(key, value);
    const oldest = known.size > most ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return value;
  };
}
