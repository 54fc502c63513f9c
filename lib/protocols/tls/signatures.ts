/** Signature schemes by their code points: those of RFC 8446 §4.2.3, and pairs of hash and key as RFC 5246 §7.4.1.4.1 has them. */

const schemes: ReadonlyMap<number, string> = new Map([
  [0x0804, "rsa_pss_rsae_sha256"],
  [0x0805, "rsa_pss_rsae_sha384"],
  [0x0806, "rsa_pss_rsae_sha512"],
  [0x0807, "ed25519"],
  [0x0808, "ed448"],
  [0x0809, "rsa_pss_pss_sha256"],
  [0x080a, "rsa_pss_pss_sha384"],
  [0x080b, "rsa_pss_pss_sha512"],
]);
const hashes = ["none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
const keys = ["anonymous", "rsa_pkcs1", "dsa", "ecdsa"];

/** `ecdsa_sha256`, `rsa_pkcs1_md5`; `0xfe01` for one that nobody registered. */
export function signatureName(code: number): string {
  const hash = hashes[code >> 8];
  const key = keys[code & 0xff];
  const pair = hash === undefined || key === undefined ? undefined : `${key}_${hash}`;
  return schemes.get(code) ?? pair ?? `0x${code.toString(16).padStart(4, "0")}`;
}
