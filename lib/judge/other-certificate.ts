/** A certificate that a server has beside the one of the light probe, for senders that ask for another type of key. */

import type { Floor } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import type { CertificateFacts } from "../model/observation.ts";
import { judgeCertificate } from "./authentication.ts";
import { certificateFindings } from "./encryption.ts";

/** Judged as the first one is. `reference` is what it must name; `now` in epoch ms. */
export function otherCertificateFindings(
  certificate: CertificateFacts,
  reference: string,
  floor: Floor,
  now: number,
): readonly Finding[] {
  const found = [
    ...certificateFindings(certificate.leaf, floor),
    ...judgeCertificate(certificate, reference, now).findings,
  ];
  const which = `of the other certificate (${certificate.leaf.keyType})`;
  return found.map((finding) => ({ ...finding, evidence: [which, ...finding.evidence] }));
}
