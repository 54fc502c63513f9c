import { certified } from "./names.ts";
import type { Standard } from "./standard.ts";

const curves = ["X25519MLKEM768", "x25519", "secp256r1", "secp384r1"];

/** Mozilla's server-side TLS, guidelines 5.8 (2026): no DHE any more from "intermediate" on. */
export const mozilla: Standard = {
  id: "mozilla",
  name: "Mozilla server-side TLS 5.8",
  source: "https://wiki.mozilla.org/Security/Server_Side_TLS",
  levels: ["modern", "intermediate", "old", "none"],
  rules: [
    { of: "protocol", names: ["TLSv1.3"], level: "modern", section: "Modern compatibility" },
    { of: "protocol", names: ["TLSv1.2"], level: "intermediate", section: "Intermediate compatibility" },
    { of: "protocol", names: ["TLSv1.1", "TLSv1"], level: "old", section: "Old backward compatibility" },
    {
      of: "suite",
      match: { tls13: true, cipher: ["AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"] },
      level: "modern",
      section: "Modern compatibility",
    },
    {
      of: "suite",
      match: {
        keyExchange: ["ecdhe"],
        authentication: certified,
        cipher: ["AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"],
      },
      level: "intermediate",
      section: "Intermediate compatibility",
    },
    {
      of: "suite",
      match: { keyExchange: ["ecdhe"], authentication: certified, cipher: ["AES_128_CBC", "AES_256_CBC"] },
      level: "old",
      section: "Old backward compatibility",
    },
    {
      of: "suite",
      match: {
        keyExchange: ["rsa"],
        authentication: ["rsa"],
        cipher: ["AES_128_GCM", "AES_256_GCM", "AES_128_CBC", "AES_256_CBC", "3DES_EDE_CBC"],
      },
      level: "old",
      section: "Old backward compatibility",
    },
    { of: "group", names: curves, level: "modern", section: "Modern compatibility" },
    {
      of: "group",
      names: ["secp521r1", "x448", "ffdhe2048", "ffdhe3072"],
      level: "old",
      section: "Old backward compatibility",
    },
    { of: "prime", bits: 2048, level: "old", section: "Old backward compatibility" },
    { of: "key", type: "ec", bits: 256, level: "modern", section: "Modern compatibility" },
    { of: "key", type: "rsa", bits: 2048, level: "intermediate", section: "Intermediate compatibility" },
    { of: "signature", hashes: ["sha256", "sha384", "sha512"], level: "modern", section: "Modern compatibility" },
    { of: "habit", habit: "compression", is: false, level: "modern", section: "Modern compatibility" },
  ],
};
