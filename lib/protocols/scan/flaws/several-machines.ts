/** Several machines answer behind one address, told apart by what they say of themselves and by their certificates. */

import { X509Certificate } from "node:crypto";
import type { Scan } from "../../../model/scan.ts";
import { nobody } from "../answering.ts";
import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw } from "./flaw.ts";

export const severalMachines: SeenFlaw = {
  name: "several-machines",
  look({ scan }) {
    const { faces } = scan.answering ?? nobody;
    const certificates = mostOfAKind(scan);
    const machines = Math.max(faces.length, certificates);
    if (machines < 2) return unlessCut(scan);
    const shown = certificates > 1 ? [`${certificates} certificates with keys of one type`] : [];
    return flawed(`at least ${machines}`, ...(faces.length > 1 ? faces : []), ...shown);
  },
};

/** One machine has at most one certificate for each type of key. */
function mostOfAKind({ certificates }: Scan): number {
  const kinds = Map.groupBy(certificates, ({ der }) => typeOf(der));
  return Math.max(0, ...[...kinds].map(([type, ones]) => (type === null ? 0 : ones.length)));
}

function typeOf(der: string): string | null {
  try {
    return new X509Certificate(Buffer.from(der, "base64")).publicKey.asymmetricKeyType ?? null;
  } catch {
    return null;
  }
}
