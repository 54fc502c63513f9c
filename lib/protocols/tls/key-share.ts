/** A key of our own for one group of TLS 1.3 (RFC 8446 §4.2.8), and what it agrees on with a server's. */

import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from "node:crypto";

export interface KeyShare {
  readonly group: number;
  /** As the hello carries it. */
  readonly key: Uint8Array;
  /** `theirs` as the server's hello carries it; null: it is no point of the group. */
  secretWith(theirs: Uint8Array): Uint8Array | null;
}

const montgomery: ReadonlyMap<number, string> = new Map([
  [29, "X25519"],
  [30, "X448"],
]);
const weierstrass: ReadonlyMap<number, string> = new Map([
  [23, "prime256v1"],
  [24, "secp384r1"],
  [25, "secp521r1"],
  [31, "brainpoolP256r1"],
  [32, "brainpoolP384r1"],
  [33, "brainpoolP512r1"],
]);

/** The cheapest first: groups that there are keys for. */
export const sharedGroups: readonly number[] = [29, 23, 24, 25, 30, 31, 32, 33];

/** One of {@link sharedGroups}. */
export function keyShareOf(group: number): KeyShare {
  const crv = montgomery.get(group);
  return crv === undefined ? onWeierstrass(group) : onMontgomery(group, crv);
}

/** RFC 7748. */
function onMontgomery(group: number, crv: string): KeyShare {
  const { privateKey, publicKey } = generateKeyPairSync(crv.toLowerCase() as "x25519");
  return {
    group,
    key: Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url"),
    secretWith: (theirs) =>
      tried(() => {
        const jwk = { kty: "OKP", crv, x: Buffer.from(theirs).toString("base64url") };
        return diffieHellman({ privateKey, publicKey: createPublicKey({ key: jwk, format: "jwk" }) });
      }),
  };
}

/** Uncompressed points, and of the secret the x coordinate (RFC 8446 §4.2.8.2, §7.4.2; RFC 8734). */
function onWeierstrass(group: number): KeyShare {
  const own = createECDH(weierstrass.get(group) ?? "");
  return { group, key: own.generateKeys(), secretWith: (theirs) => tried(() => own.computeSecret(theirs)) };
}

function tried(agree: () => Uint8Array): Uint8Array | null {
  try {
    return agree();
  } catch {
    return null;
  }
}
