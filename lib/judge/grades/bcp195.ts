import type { Standard } from "./standard.ts";

const certified = ["rsa", "ecdsa"] as const;
/** At least 112 bits, and not RC4. */
const allowed = [
  ...["AES", "CAMELLIA", "ARIA"].flatMap((name) =>
    ["128", "256"].flatMap((bits) => ["GCM", "CBC"].map((mode) => `${name}_${bits}_${mode}`)),
  ),
  ...[
    "AES_128_CCM",
    "AES_256_CCM",
    "AES_128_CCM_8",
    "AES_256_CCM_8",
    "CHACHA20_POLY1305",
    "SEED_CBC",
    "IDEA_CBC",
    "3DES_EDE_CBC",
  ],
];

/** RFC 9325 (BCP 195): `recommended` is all that its SHOULDs ask for, `allowed` what no MUST NOT forbids. */
export const bcp195: Standard = {
  id: "bcp195",
  name: "BCP 195 (RFC 9325)",
  source: "https://www.rfc-editor.org/rfc/rfc9325",
  levels: ["recommended", "allowed", "forbidden"],
  rules: [
    { of: "protocol", names: ["TLSv1.3", "TLSv1.2"], level: "recommended", section: "3.1.1" },
    { of: "required", name: "TLSv1.2", level: "recommended", section: "3.1.1" },
    {
      of: "suite",
      match: { tls13: true, integrity: ["AEAD"], bits: 128 },
      level: "recommended",
      section: "4.2",
    },
    {
      of: "suite",
      match: { keyExchange: ["ecdhe"], authentication: certified, integrity: ["AEAD"], bits: 128 },
      level: "recommended",
      section: "4.2",
    },
    {
      of: "suite",
      match: { keyExchange: ["ecdhe", "dhe", "ecdh", "rsa"], authentication: certified, cipher: allowed },
      level: "allowed",
      section: "4.1",
    },
    {
      of: "group",
      names: [
        "x25519",
        "secp256r1",
        "secp384r1",
        "secp521r1",
        "x448",
        "X25519MLKEM768",
        "SecP256r1MLKEM768",
        "SecP384r1MLKEM1024",
        "ffdhe2048",
        "ffdhe3072",
        "ffdhe4096",
        "ffdhe6144",
        "ffdhe8192",
      ],
      level: "recommended",
      section: "4.4",
    },
    {
      of: "group",
      names: [
        "secp224r1",
        "secp256k1",
        "brainpoolp256r1",
        "brainpoolp384r1",
        "brainpoolp512r1",
        "brainpoolp256r1tls13",
        "brainpoolp384r1tls13",
        "brainpoolp512r1tls13",
      ],
      level: "allowed",
      section: "4.4",
    },
    { of: "prime", bits: 2048, level: "recommended", section: "4.4" },
    { of: "key", type: "rsa", bits: 2048, level: "recommended", section: "4.5" },
    { of: "key", type: "ec", bits: 224, level: "recommended", section: "4.5" },
    { of: "key", type: "other", bits: 0, level: "recommended", section: "4.5" },
    { of: "signature", hashes: ["sha256", "sha384", "sha512"], level: "recommended", section: "4.5" },
    { of: "habit", habit: "compression", is: false, level: "recommended", section: "3.3" },
    { of: "habit", habit: "secureRenegotiation", is: true, level: "recommended", section: "3.5" },
    { of: "habit", habit: "extendedMasterSecret", is: true, level: "recommended", section: "3.5" },
    { of: "habit", habit: "extendedMasterSecret", is: false, level: "allowed", section: "3.5" },
  ],
};
