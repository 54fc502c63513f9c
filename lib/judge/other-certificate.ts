/** Certificates that a server has beside the one of the light probe, for senders that ask for another type of key. */

import type { Floor } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import type { CertificateFacts, Leaf } from "../model/observation.ts";
import { judgeCertificate, leafFindings } from "./authentication.ts";
import { certificateFindings } from "./encryption.ts";

export interface Others {
  /** Of a handshake of its own; null where there was none. */
  readonly certificate: CertificateFacts | null;
  /** Of hellos alone: who vouches for them isn't known. */
  readonly leaves: readonly Leaf[];
}

/** Judged as the first one is. `reference` is what they must name; `now` in epoch ms. */
export function otherCertificateFindings(
  { certificate, leaves }: Others,
  reference: string,
  floor: Floor,
  now: number,
): readonly Finding[] {
  const unproved = leaves.filter(({ sha256 }) => sha256 !== certificate?.leaf.sha256);
  return [
    ...(certificate === null
      ? []
      : of(certificate.leaf, judgeCertificate(certificate, reference, now).findings, floor)),
    ...unproved.flatMap((leaf) => of(leaf, leafFindings(leaf, reference, now), floor)),
  ];
}

function of(leaf: Leaf, findings: readonly Finding[], floor: Floor): readonly Finding[] {
  const which = `of the other certificate (${leaf.keyType})`;
  const all = [...certificateFindings(leaf, floor), ...findings];
  return all.map((finding) => ({ ...finding, evidence: [which, ...finding.evidence] }));
}
