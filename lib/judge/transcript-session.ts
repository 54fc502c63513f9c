/** The rows between the handshake and the first encrypted line: cipher, certificates, trust and name, in CheckTLS's words. */

import type { CertificateFacts, Leaf, TlsFacts, TrustResult } from "../model/observation.ts";
import { matchesName } from "../protocols/x509/names.ts";
import { dateState } from "./dates.ts";

export interface Remark {
  readonly text: string;
  readonly tone: "plain" | "good" | "bad";
}

export const plain = (text: string): Remark => ({ text, tone: "plain" });
export const good = (text: string): Remark => ({ text, tone: "good" });
export const bad = (text: string): Remark => ({ text, tone: "bad" });

/** `reference` is the MX name or the address dialled, never the banner's; `at` in epoch ms. */
export function sessionRemarks(
  tls: TlsFacts,
  certificate: CertificateFacts | null,
  reference: string,
  at: number,
): readonly Remark[] {
  const isEncrypted = tls.bits > 0;
  const soEmailIs = isEncrypted ? "So email is encrypted but" : "So email is not encrypted and";
  const noDomain = bad(`${soEmailIs} the domain is not verified`);
  const noHost = bad(`${soEmailIs} the host is not verified`);
  const opening = [
    isEncrypted ? plain(`Cipher in use: ${tls.cipher}`) : bad(`Cipher in use: ${tls.cipher} (no encryption)`),
    tls.seenBy === "library"
      ? good("Connection converted to SSL")
      : bad("Connection not converted to SSL (our TLS library lacks what the server chose)"),
  ];
  if (certificate === null) {
    const why = tls.authenticated ? "it could not be read" : "the server sent none";
    return [...opening, bad(`Cert NOT VALIDATED: ${why}`), noDomain, noHost];
  }
  const flaw = validationFlaw(certificate, at);
  const matches = matchesName(certificate.leaf, reference);
  return [
    ...opening,
    ...chainRemarks(certificate),
    ...(flaw === null ? [good("Cert VALIDATED: ok")] : [bad(`Cert NOT VALIDATED: ${flaw}`), noDomain]),
    ...(matches
      ? [good(`Cert Hostname VERIFIED (${reference} = ${matchingName(certificate.leaf, reference)})`)]
      : [bad(`Cert Hostname DOES NOT VERIFY (${reference} != ${shownNames(certificate.leaf)})`), noHost]),
  ];
}

function chainRemarks({ leaf, chain }: CertificateFacts): readonly Remark[] {
  if (chain === null) return [plain(`Certificate: subject= ${leaf.subject} issuer= ${leaf.issuer}`)];
  return chain.map(({ subject, issuer }, index) =>
    plain(`Certificate ${index + 1} of ${chain.length} in chain: subject= ${subject} issuer= ${issuer}`),
  );
}

const trustFlaws: Readonly<Record<TrustResult, string | null>> = {
  trusted: null,
  "self-signed": "self signed certificate",
  "untrusted-root": "self signed certificate in certificate chain",
  "incomplete-chain": "unable to get local issuer certificate",
  "invalid-chain": "invalid certificate chain",
  "expired-issuer": "an issuer's certificate is outside its dates",
  "not-checked": "not checked",
};

/** Trust first: dates of a certificate that nobody vouches for say nothing. */
function validationFlaw({ leaf, trust }: CertificateFacts, at: number): string | null {
  if (trust !== "trusted") return trustFlaws[trust];
  const dates = dateState(leaf, at);
  if (dates === "expired") return "certificate has expired";
  return dates === "not-yet-valid" ? "certificate is not yet valid" : null;
}

function matchingName({ dnsNames, addresses }: Leaf, reference: string): string {
  const one = dnsNames.find((name) => matchesName({ dnsNames: [name], addresses: [] }, reference));
  return one ?? addresses.find((address) => matchesName({ dnsNames: [], addresses: [address] }, reference)) ?? "";
}

const mostNames = 5;

function shownNames({ dnsNames, addresses, commonName }: Leaf): string {
  const names = [...dnsNames, ...addresses];
  if (names.length === 0) return commonName ?? "no name";
  const more = names.length > mostNames ? ` | ${names.length - mostNames} more` : "";
  return names.slice(0, mostNames).join(" | ") + more;
}
