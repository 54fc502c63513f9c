import {
  aes,
  brainpool,
  camelliaAndAria,
  certified,
  hybrids,
  largeFields,
  montgomeryCurves,
  primeCurves,
} from "./names.ts";
import type { Standard } from "./standard.ts";

/** At least 112 bits, and not RC4. */
const allowed = [...aes, ...camelliaAndAria, "CHACHA20_POLY1305", "SEED_CBC", "IDEA_CBC", "3DES_EDE_CBC"];

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
      names: [...montgomeryCurves, ...primeCurves, ...hybrids, "ffdhe2048", ...largeFields],
      level: "recommended",
      section: "4.4",
    },
    {
      of: "group",
      names: ["secp224r1", "secp256k1", ...brainpool],
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
