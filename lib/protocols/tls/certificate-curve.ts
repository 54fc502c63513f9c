/** The curve of an ECDSA key: where a client doesn't name it, the certificate can't be shown (RFC 8422 §5.1). */

import { X509Certificate } from "node:crypto";
import { groupByName } from "./groups.ts";

/** X9.62 had these two first, under other names. */
const renamed: Readonly<Record<string, string>> = { prime256v1: "secp256r1", prime192v1: "secp192r1" };

/** Code point of its group. Undefined: another key, or one that our library can't read. */
export function curveOf(leaf: Uint8Array): number | undefined {
  try {
    const curve = new X509Certificate(leaf).publicKey.asymmetricKeyDetails?.namedCurve;
    return curve === undefined ? undefined : groupByName(renamed[curve] ?? curve)?.code;
  } catch {
    return undefined;
  }
}
