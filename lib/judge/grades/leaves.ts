/** The certificates that a server showed, whichever suite it took to see them. */

import { X509Certificate } from "node:crypto";
import type { Leaf, Outcome } from "../../model/observation.ts";
import type { Scan } from "../../model/scan.ts";
import { readLeaf } from "../../protocols/x509/leaf.ts";

/** Each once: that of the light probe, and those of the scan; what can't be read is left out. */
export function leavesOf(scan: Scan, outcome: Outcome): readonly Leaf[] {
  const first = outcome.kind === "encrypted" ? outcome.certificate?.leaf : undefined;
  const leaves = [...(first === undefined ? [] : [first]), ...scan.certificates.flatMap(({ der }) => read(der))];
  return [...new Map(leaves.map((leaf) => [leaf.sha256, leaf])).values()];
}

function read(der: string): readonly Leaf[] {
  try {
    return [readLeaf(new X509Certificate(Buffer.from(der, "base64")))];
  } catch {
    return [];
  }
}
