import type { Standard } from "./standard.ts";

const certified = ["rsa", "ecdsa"] as const;
const aes = [
  "AES_128_GCM",
  "AES_256_GCM",
  "AES_128_CCM",
  "AES_256_CCM",
  "AES_128_CCM_8",
  "AES_256_CCM_8",
  "AES_128_CBC",
  "AES_256_CBC",
];

/** NIST SP 800-52 revision 2 (2019), for servers that only government applications use. */
export const nist: Standard = {
  id: "nist-800-52r2",
  name: "NIST SP 800-52r2",
  source: "https://doi.org/10.6028/NIST.SP.800-52r2",
  levels: ["conforming", "not conforming"],
  rules: [
    { of: "protocol", names: ["TLSv1.3", "TLSv1.2"], level: "conforming", section: "3.1" },
    { of: "required", name: "TLSv1.2", level: "conforming", section: "3.1" },
    { of: "required", name: "TLSv1.3", level: "conforming", section: "3.1" },
    {
      of: "suite",
      match: { tls13: true, cipher: ["AES_128_GCM", "AES_256_GCM", "AES_128_CCM", "AES_128_CCM_8"] },
      level: "conforming",
      section: "3.3.1.2",
    },
    {
      of: "suite",
      match: { keyExchange: ["ecdhe"], authentication: certified, cipher: aes },
      level: "conforming",
      section: "3.3.1.1",
    },
    {
      of: "suite",
      match: { keyExchange: ["dhe"], authentication: ["rsa", "dss"], cipher: aes },
      level: "conforming",
      section: "3.3.1.1",
    },
    {
      of: "group",
      names: [
        "secp224r1",
        "secp256r1",
        "secp384r1",
        "secp521r1",
        "x25519",
        "x448",
        "ffdhe2048",
        "ffdhe3072",
        "ffdhe4096",
        "ffdhe6144",
        "ffdhe8192",
        "X25519MLKEM768",
        "SecP256r1MLKEM768",
        "SecP384r1MLKEM1024",
        "mlkem512",
        "mlkem768",
        "mlkem1024",
      ],
      level: "conforming",
      section: "3.4.2.2",
    },
    { of: "prime", bits: 2048, level: "conforming", section: "3.4.2.2" },
    { of: "key", type: "rsa", bits: 2048, level: "conforming", section: "3.2.1" },
    { of: "key", type: "ec", bits: 224, level: "conforming", section: "3.2.1" },
    { of: "signature", hashes: ["sha224", "sha256", "sha384", "sha512"], level: "conforming", section: "3.2.1" },
    { of: "habit", habit: "compression", is: false, level: "conforming", section: "3.7" },
    { of: "habit", habit: "secureRenegotiation", is: true, level: "conforming", section: "3.4.1.1" },
    { of: "habit", habit: "extendedMasterSecret", is: true, level: "conforming", section: "3.4.2.9" },
  ],
};
