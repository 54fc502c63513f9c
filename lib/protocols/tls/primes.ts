/** Primes of finite fields that were published, by the SHA-256 of their bytes: RFC 2409, RFC 3526 and RFC 7919. */

import { checkPrimeSync, createHash } from "node:crypto";

const known: ReadonlyMap<string, string> = new Map([
  ["b52ba6a3026520a6c49d37e458760180", "modp768"],
  ["3f35a3f5f6c4376a744acad409bb22f8", "modp1024"],
  ["64fcc83ec403930bf18393dbc883ccaa", "modp1536"],
  ["d66436f79bbd6b2e38c0ffbd079be904", "modp2048"],
  ["48cf8b092fbce4359d9871abf74f98e2", "modp3072"],
  ["4ee95187682bcb230ad26a95205f6920", "modp4096"],
  ["d1bfe6d0925ce7e4da262b62861514a7", "modp6144"],
  ["39ab4feab950a3128fb71accb9fc3965", "modp8192"],
  ["9cd3b7f336872f46c09428d1bbc19877", "ffdhe2048"],
  ["0eaf67db3a839156d5013494a5318a77", "ffdhe3072"],
  ["4648414224ac881b3d0dc59b466f96d0", "ffdhe4096"],
  ["227ac9066b3ddd9e193670cda2388fa8", "ffdhe6144"],
  ["770b14efaf6f049929c523113b3fa99a", "ffdhe8192"],
]);

/** `prime` in hex; null for one that nobody published. */
export function primeName(prime: string): string | null {
  const digest = createHash("sha256").update(Buffer.from(prime, "hex")).digest("hex");
  return known.get(digest.slice(0, 32)) ?? null;
}

/** Longer ones would keep us busy for seconds. */
const mostBits = 4096;

/** It is a prime, and so is half of what is below it: then it has no small subgroups. A published one is. Null: too long to tell. */
export function isSafePrime(prime: string): boolean | null {
  if (primeName(prime) !== null) return true;
  if (prime.length > mostBits / 4) return null;
  const value = BigInt(`0x${prime}`);
  return checkPrimeSync(value) && checkPrimeSync((value - 1n) / 2n);
}
