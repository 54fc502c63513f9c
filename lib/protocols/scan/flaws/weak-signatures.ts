/** The key exchange is signed by way of MD5 or SHA-1 where a client asks for that (RFC 9155). */

import { signatureName } from "../../tls/signatures.ts";
import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw } from "./flaw.ts";

export const weakSignatures: SeenFlaw = {
  name: "weak-signatures",
  look({ scan }) {
    const weak = scan.signatures.map(signatureName).filter((name) => /_(md5|sha1)$/.test(name));
    return weak.length > 0 ? flawed(weak.join(", ")) : unlessCut(scan);
  },
};
