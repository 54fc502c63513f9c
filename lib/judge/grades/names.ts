/** Names that several standards list together: suites' ciphers as IANA spells them, groups as `tls/groups.ts` does. */

/** Authentication by a certificate, of the kinds still issued. */
export const certified = ["rsa", "ecdsa"] as const;

export const aes = ["128", "256"].flatMap((bits) =>
  ["GCM", "CCM", "CCM_8", "CBC"].map((mode) => `AES_${bits}_${mode}`),
);
export const camelliaAndAria = ["CAMELLIA", "ARIA"].flatMap((name) =>
  ["128", "256"].flatMap((bits) => ["GCM", "CBC"].map((mode) => `${name}_${bits}_${mode}`)),
);

export const primeCurves = ["secp256r1", "secp384r1", "secp521r1"];
/** RFC 7748. */
export const montgomeryCurves = ["x25519", "x448"];
/** RFC 7027, and RFC 8734 for TLS 1.3. */
export const brainpool = ["256", "384", "512"].flatMap((bits) => ["", "tls13"].map((of) => `brainpoolp${bits}r1${of}`));
/** RFC 7919, from 3072 bits on. */
export const largeFields = ["ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"];
export const hybrids = ["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"];
export const mlkem = ["mlkem512", "mlkem768", "mlkem1024"];
