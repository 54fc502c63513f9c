import { brainpool, camelliaAndAria, certified, hybrids, largeFields, montgomeryCurves, primeCurves } from "./names.ts";
import type { Standard } from "./standard.ts";

const ecdhe = ["ecdhe"] as const;
const usual = ["AES_256_GCM", "AES_128_GCM", "AES_256_CCM", "AES_128_CCM", "CHACHA20_POLY1305"];
const rarer = ["AES_256_CBC", "AES_128_CBC", ...camelliaAndAria];
const sha2 = ["AEAD", "SHA256", "SHA384"] as const;

/** NCSC-NL, "ICT-beveiligingsrichtlijnen voor TLS", edition of 2025; suites as in its appendix B. */
export const ncscNl: Standard = {
  id: "ncsc-nl",
  name: "NCSC-NL TLS guidelines 2025",
  source: "https://www.ncsc.nl/transport-layer-security-tls/ict-beveiligingsrichtlijnen-tls",
  levels: ["good", "sufficient", "phase out", "insufficient"],
  rules: [
    { of: "protocol", names: ["TLSv1.3"], level: "good", section: "3.3.1" },
    { of: "protocol", names: ["TLSv1.2"], level: "sufficient", section: "3.3.1" },
    {
      of: "suite",
      match: { tls13: true, cipher: ["AES_256_GCM", "CHACHA20_POLY1305"] },
      level: "good",
      section: "3.3.4",
    },
    {
      of: "suite",
      match: { tls13: true, cipher: ["AES_128_GCM", "AES_128_CCM"] },
      level: "sufficient",
      section: "3.3.4",
    },
    {
      of: "suite",
      match: { tls13: false, keyExchange: ecdhe, authentication: certified, cipher: usual },
      level: "sufficient",
      section: "3.3.3",
    },
    {
      of: "suite",
      match: { tls13: false, keyExchange: ecdhe, authentication: certified, cipher: rarer, integrity: sha2 },
      level: "phase out",
      section: "3.3.4",
    },
    {
      of: "suite",
      match: {
        tls13: false,
        keyExchange: ["dhe"],
        authentication: ["rsa"],
        cipher: [...usual, ...rarer],
        integrity: sha2,
      },
      level: "phase out",
      section: "3.3.3.1",
    },
    {
      of: "group",
      names: [...primeCurves, ...brainpool, ...montgomeryCurves, ...hybrids],
      level: "good",
      section: "3.3.2.1",
    },
    { of: "group", names: ["secp224r1"], level: "phase out", section: "3.3.2.1" },
    {
      of: "group",
      names: largeFields,
      level: "phase out",
      section: "3.3.3.1",
    },
    {
      of: "prime",
      known: largeFields,
      level: "phase out",
      section: "3.3.3.1",
    },
    { of: "key", type: "rsa", bits: 3072, level: "good", section: "3.3.2.1" },
    { of: "key", type: "rsa", bits: 2048, level: "phase out", section: "3.3.2.1" },
    { of: "key", type: "ec", bits: 256, level: "good", section: "3.3.2.1" },
    { of: "key", type: "ec", bits: 224, level: "phase out", section: "3.3.2.1" },
    { of: "key", type: "other", bits: 0, level: "good", section: "3.3.2.1" },
    { of: "signature", hashes: ["sha512", "sha384", "sha256"], level: "good", section: "3.3.5" },
    { of: "signature", hashes: ["sha224"], level: "phase out", section: "3.3.5" },
    { of: "habit", habit: "compression", is: false, level: "good", section: "3.4.1" },
    { of: "habit", habit: "secureRenegotiation", is: true, level: "good", section: "3.4.2" },
  ],
};
