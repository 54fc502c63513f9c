/** DROWN (CVE-2016-0800): who speaks SSLv2 gives away the sessions of all that have the same key. */

import { createHash, X509Certificate } from "node:crypto";
import type { Scan } from "../../../model/scan.ts";
import { kindName, unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw, unknown } from "./flaw.ts";

export const drown: SeenFlaw = {
  name: "drown",
  look({ scan, others, sslv2Elsewhere }) {
    const own = sslv2Of(scan);
    if (own?.accepted) return flawed(`SSLv2: ${own.suites.map(kindName).join(", ")}`);
    const keys = new Set(scan.certificates.map(keyOf));
    const shared = others
      .filter((other) => sslv2Of(other)?.accepted && other.certificates.some((one) => keys.has(keyOf(one))))
      .map(({ target }) => `[${target.address}]:${target.port}`);
    const places = [...shared, ...sslv2Elsewhere];
    if (places.length > 0) return flawed(...places.map((place) => `the same key at ${place}, which speaks SSLv2`));
    // Who shuts us out may have met SSLv2 with silence too, and not have shown each of its keys.
    return own?.accepted === false ? unlessCut(scan) : unknown(own?.incomplete ?? "SSLv2 was not asked for");
  },
};

/** Null: it isn't known. */
export function speaksSslv2(scan: Scan): boolean | null {
  return sslv2Of(scan)?.accepted ?? null;
}

/** Lower-case hex SHA-256 of the SPKI of each public key that was shown and can be read. */
export function publicKeysOf({ certificates }: Pick<Scan, "certificates">): readonly string[] {
  return [...new Set(certificates.map(publicKeyOf))].filter((key) => key !== null);
}

function sslv2Of({ versions }: Scan) {
  return versions.find(({ name }) => name === "SSLv2");
}

/** Of the public key; of what can't be read the certificate's own. */
function keyOf(certificate: Scan["certificates"][number]): string {
  return publicKeyOf(certificate) ?? certificate.sha256;
}

function publicKeyOf({ der }: Scan["certificates"][number]): string | null {
  try {
    const key = new X509Certificate(Buffer.from(der, "base64")).publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("hex");
  } catch {
    return null;
  }
}
