/**
 * Primes of finite fields that many have, by the SHA-256 of their bytes: published ones (RFC 2409, 3526, 5114, 7919), and
 * those that Apache's mod_ssl, Postfix and Java's providers were shipped with.
 */

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
  ["44c55cfee5c075927cf682da5b681bde", "rfc5114-1024"],
  ["bfe545862ca102ad1eeddb5fbfa5bf85", "rfc5114-2048-224"],
  ["0b7835722cb619827610c2549fdda558", "rfc5114-2048-256"],
  ["3cdb020b9ef298b2f3f6cf5a872af527", "apache-2.0-512"],
  ["f79d1db3c955a28fdeca462670a0712e", "apache-2.0-1024"],
  ["db01e702899166da28c9bc7896af62bc", "apache-2.2-512"],
  ["bf910d9df4e0b2e76cda7443f592aa11", "apache-2.2-1024"],
  ["6c863838510bab3e2093066fc14976f0", "postfix-512"],
  ["ef627d8cc44144f36a075d8dd8511bbd", "postfix-1024"],
  ["ea8dfb71d98b4f878ca8d9915aaacae6", "postfix-2048"],
  ["73b391ec8da33ee197aed17d7cfce132", "java-512"],
  ["ee5483fe4b96caa10cb5b863ec409aab", "java-768"],
  ["cc21a33dd1a3edf40bf636b5496e4aed", "java-1024"],
]);

/** Made for signatures: below them there are small factors. */
const unsafe = /^(java|rfc5114)-/;

/** `prime` in hex; null for one that nobody else is known to have. */
export function primeName(prime: string): string | null {
  const digest = createHash("sha256").update(Buffer.from(prime, "hex")).digest("hex");
  return known.get(digest.slice(0, 32)) ?? null;
}

/** Longer ones would keep us busy for seconds. */
const mostBits = 4096;

/** It is a prime, and so is half of what is below it: then it has no small subgroups. Null: too long to tell. */
export function isSafePrime(prime: string): boolean | null {
  const name = primeName(prime);
  if (name !== null) return !unsafe.test(name);
  if (prime.length > mostBits / 4) return null;
  const value = BigInt(`0x${prime}`);
  return checkPrimeSync(value) && checkPrimeSync((value - 1n) / 2n);
}
