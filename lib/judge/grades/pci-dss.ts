import {
  aes,
  brainpool,
  camelliaAndAria,
  hybrids,
  largeFields,
  mlkem,
  montgomeryCurves,
  primeCurves,
} from "./names.ts";
import type { Standard } from "./standard.ts";

const glossary = "Glossary, strong cryptography";

/** PCI DSS 4.0.1, requirement 4.2.1 with "strong cryptography" of its glossary: 112 bits of effective strength at least, no SSL, no early TLS. */
export const pciDss: Standard = {
  id: "pci-dss",
  name: "PCI DSS 4.0.1, strong cryptography",
  source: "https://www.pcisecuritystandards.org/document_library/",
  levels: ["strong", "not strong"],
  rules: [
    { of: "protocol", names: ["TLSv1.3", "TLSv1.2"], level: "strong", section: "4.2.1" },
    {
      of: "suite",
      match: { tls13: true, integrity: ["AEAD"], bits: 128 },
      level: "strong",
      section: glossary,
    },
    {
      of: "suite",
      match: {
        keyExchange: ["ecdhe", "dhe", "ecdh", "dh", "rsa"],
        authentication: ["rsa", "ecdsa", "dss"],
        cipher: [...aes, "CHACHA20_POLY1305", ...camelliaAndAria],
      },
      level: "strong",
      section: glossary,
    },
    {
      of: "group",
      names: [
        "secp224r1",
        "secp256k1",
        ...primeCurves,
        ...montgomeryCurves,
        ...brainpool,
        "ffdhe2048",
        ...largeFields,
        ...hybrids,
        ...mlkem,
      ],
      level: "strong",
      section: glossary,
    },
    { of: "prime", bits: 2048, level: "strong", section: glossary },
    { of: "key", type: "rsa", bits: 2048, level: "strong", section: glossary },
    { of: "key", type: "ec", bits: 224, level: "strong", section: glossary },
    { of: "key", type: "other", bits: 0, level: "strong", section: glossary },
    {
      of: "signature",
      hashes: ["sha224", "sha256", "sha384", "sha512"],
      level: "strong",
      section: glossary,
    },
  ],
};
