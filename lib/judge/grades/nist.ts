import { aes, certified, hybrids, largeFields, mlkem, montgomeryCurves, primeCurves } from "./names.ts";
import type { Standard } from "./standard.ts";

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
      names: ["secp224r1", ...primeCurves, ...montgomeryCurves, "ffdhe2048", ...largeFields, ...hybrids, ...mlkem],
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
