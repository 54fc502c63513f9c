/** The certificates that we trust to begin with. */

import { createHash, X509Certificate } from "node:crypto";
import { getCACertificates } from "node:tls";
import { InputError } from "../../model/input-error.ts";

export interface TrustRoots {
  /** For `ca` of a TLS context: build one context for a set and keep it, it costs milliseconds. */
  readonly pems: readonly string[];
  /** SHA-256 of the set, lower-case hex: explains why a verdict changed with a new build. */
  readonly digest: string;
  /** The roots that could have signed for this issuer; parsed on the first call. */
  issuersOf(certificate: X509Certificate): readonly X509Certificate[];
}

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** Mozilla's set as built into Node, and beside it the certificates of `extraPem`; what `source` names is told when they aren't. */
export function loadRoots({
  extraPem,
  source = "--ca",
}: {
  readonly extraPem?: string;
  readonly source?: string;
} = {}): TrustRoots {
  const extra = extraPem === undefined ? [] : readPem(extraPem, source);
  return rootsOf([...getCACertificates("bundled"), ...extra]);
}

function readPem(text: string, source: string): readonly string[] {
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0)
    throw new InputError(`${source}: no certificate in it; expected PEM (-----BEGIN CERTIFICATE-----)`);
  for (const [index, block] of blocks.entries()) {
    if (!isCertificate(block))
      throw new InputError(
        `${source}: certificate ${index + 1} of ${blocks.length} can't be read; expected X.509 in PEM`,
      );
  }
  return blocks;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function rootsOf(pems: readonly string[]): TrustRoots {
  let bySubject: ReadonlyMap<string, readonly X509Certificate[]> | undefined;
  let digest: string | undefined;
  return {
    pems,
    get digest() {
      digest ??= digestOf(pems);
      return digest;
    },
    issuersOf(certificate) {
      bySubject ??= Map.groupBy(
        pems.map((pem) => new X509Certificate(pem)),
        (root) => root.subject,
      );
      return bySubject.get(certificate.issuer) ?? [];
    },
  };
}

/** The same for the same certificates, in whatever order and with whatever line breaks. */
function digestOf(pems: readonly string[]): string {
  const bodies = new Set(pems.map((pem) => pem.replace(/-----[^-]+-----|\s/g, "")));
  return createHash("sha256")
    .update([...bodies].sort().join("\n"))
    .digest("hex");
}
