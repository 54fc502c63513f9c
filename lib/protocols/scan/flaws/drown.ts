/** DROWN (CVE-2016-0800): who speaks SSLv2 gives away the sessions of all that have the same key. */

import { createHash, X509Certificate } from "node:crypto";
import type { Scan } from "../../../model/scan.ts";
import { kindName } from "./accepted.ts";
import { flawed, type SeenFlaw, sound, unknown } from "./flaw.ts";

export const drown: SeenFlaw = {
  name: "drown",
  look({ scan, others }) {
    const own = sslv2Of(scan);
    if (own?.accepted) return flawed(`SSLv2: ${own.suites.map(kindName).join(", ")}`);
    const keys = new Set(scan.certificates.map(keyOf));
    const shared = others.filter(
      (other) => sslv2Of(other)?.accepted && other.certificates.some((one) => keys.has(keyOf(one))),
    );
    if (shared.length > 0)
      return flawed(
        ...shared.map(({ target }) => `the same key at [${target.address}]:${target.port}, which speaks SSLv2`),
      );
    return own?.accepted === false ? sound() : unknown(own?.incomplete ?? "SSLv2 was not asked for");
  },
};

function sslv2Of({ versions }: Scan) {
  return versions.find(({ name }) => name === "SSLv2");
}

/** Of the public key; of what can't be read the certificate's own. */
function keyOf({ der, sha256 }: Scan["certificates"][number]): string {
  try {
    const key = new X509Certificate(Buffer.from(der, "base64")).publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("hex");
  } catch {
    return sha256;
  }
}
