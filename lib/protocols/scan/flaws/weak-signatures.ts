/** The key exchange is signed by way of MD5 or SHA-1 where a client asks for that (RFC 9155). */

import { signaturesUsed } from "../../../model/scan.ts";
import { signatureName } from "../../tls/signatures.ts";
import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw, unknown } from "./flaw.ts";

export const weakSignatures: SeenFlaw = {
  name: "weak-signatures",
  look({ scan }) {
    const weak = signaturesUsed(scan).flatMap(({ version, signatures }) => {
      const names = signatures.map(signatureName).filter((name) => /_(md5|sha1)$/.test(name));
      // Forbidden there altogether (RFC 8446 §4.4.3).
      return version === "TLSv1.3" ? names.map((name) => `${name} in ${version}`) : names;
    });
    if (weak.length > 0) return flawed(weak.join(", "));
    return scan.depth === "grade" ? unknown("a grade doesn't ask for it") : unlessCut(scan);
  },
};
