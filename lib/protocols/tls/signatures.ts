/**
 * Signature schemes by their code points: those of RFC 8446 §4.2.3, 8734, 8998, 9367 and draft-ietf-tls-mldsa, and pairs of
 * hash and key as RFC 5246 §7.4.1.4.1 has them.
 */

import { everySignature } from "./hello.ts";

const schemes: ReadonlyMap<number, string> = new Map([
  [0x0804, "rsa_pss_rsae_sha256"],
  [0x0805, "rsa_pss_rsae_sha384"],
  [0x0806, "rsa_pss_rsae_sha512"],
  [0x0807, "ed25519"],
  [0x0808, "ed448"],
  [0x0809, "rsa_pss_pss_sha256"],
  [0x080a, "rsa_pss_pss_sha384"],
  [0x080b, "rsa_pss_pss_sha512"],
  [0x081a, "ecdsa_brainpoolP256r1tls13_sha256"],
  [0x081b, "ecdsa_brainpoolP384r1tls13_sha384"],
  [0x081c, "ecdsa_brainpoolP512r1tls13_sha512"],
  [0x0904, "mldsa44"],
  [0x0905, "mldsa65"],
  [0x0906, "mldsa87"],
  [0x0708, "sm2sig_sm3"],
  [0x0709, "gostr34102012_256a"],
  [0x070a, "gostr34102012_256b"],
  [0x070b, "gostr34102012_256c"],
  [0x070c, "gostr34102012_256d"],
  [0x070d, "gostr34102012_512a"],
  [0x070e, "gostr34102012_512b"],
  [0x070f, "gostr34102012_512c"],
]);

/** What may be offered in TLS 1.3: also what it forbids, since a server may sign so all the same. */
export const newestSignatures: readonly number[] = [
  ...everySignature,
  ...[...schemes.keys()].filter((code) => !everySignature.includes(code)),
];

const hashes = ["none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
const keys = ["anonymous", "rsa_pkcs1", "dsa", "ecdsa"];

/** `ecdsa_sha256`, `rsa_pkcs1_md5`; `0xfe01` for one that nobody registered. */
export function signatureName(code: number): string {
  const hash = hashes[code >> 8];
  const key = keys[code & 0xff];
  const pair = hash === undefined || key === undefined ? undefined : `${key}_${hash}`;
  return schemes.get(code) ?? pair ?? `0x${code.toString(16).padStart(4, "0")}`;
}

/** Whose key it takes, as suites name it: EdDSA goes with ECDSA (RFC 8422 §2.2). */
export function signatureSigner(code: number): string {
  const [kind = ""] = signatureName(code).split("_");
  return /^ed\d/.test(kind) ? "ecdsa" : kind;
}
