/** Who the server proved to be (RFC 5280 §6 for trust, RFC 9525 for the name). */

import type { Finding } from "../model/finding.ts";
import { type CertificateFacts, type Leaf, type TlsFacts, unreadableTime } from "../model/observation.ts";
import type { Authentication } from "../model/verdict.ts";
import { matchesName } from "../protocols/x509/names.ts";
import { dateState } from "./dates.ts";
import { finding } from "./findings.ts";

export interface AuthenticationJudgement {
  readonly authentication: Authentication;
  readonly findings: readonly Finding[];
}

const shownNames = 10;

/** True for the results that are a proof. */
export function isProved(authentication: Authentication): boolean {
  return authentication === "pkix" || authentication === "dane" || authentication === "pinned";
}

/** `reference` is the host name or address that the certificate must name; `now` in epoch ms. */
export function judgeAuthentication(
  tls: TlsFacts,
  certificate: CertificateFacts | null,
  reference: string,
  now: number,
): AuthenticationJudgement {
  return certificate === null ? withoutCertificate(tls) : judgeCertificate(certificate, reference, now);
}

/** The certificate alone. */
export function judgeCertificate(
  certificate: CertificateFacts,
  reference: string,
  now: number,
): AuthenticationJudgement {
  const trust = judgeTrust(certificate);
  const dates = judgeDates(certificate.leaf, now);
  const name = judgeName(certificate.leaf, reference);
  return {
    // The first that fails is the reason: a right name or date on an untrusted certificate proves nothing.
    authentication: trust.failure ?? dates.failure ?? name.failure ?? "pkix",
    findings: [...trust.findings, ...dates.findings, ...name.findings, ...duplicates(certificate)],
  };
}

/** Its dates and its names, whoever vouches for it. */
export function leafFindings(leaf: Leaf, reference: string, now: number): readonly Finding[] {
  return [...judgeDates(leaf, now).findings, ...judgeName(leaf, reference).findings];
}

interface Part {
  readonly failure: Authentication | null;
  readonly findings: readonly Finding[];
}

const proved: Part = { failure: null, findings: [] };

function withoutCertificate({ authenticated, cipher }: TlsFacts): AuthenticationJudgement {
  if (!authenticated) return { authentication: "anonymous", findings: [finding("cert.none", [cipher])] };
  return unchecked("the certificate could not be read: the handshake was not completed");
}

/** The handshake wasn't completed by our TLS library: nobody proved to hold the certificate's key. */
function unchecked(...evidence: readonly string[]): AuthenticationJudgement {
  const changes = {
    consequence: "mail is encrypted; who the server is could not be checked",
    advice: "Offer suites that today's TLS libraries still have, so that senders can check the certificate.",
  };
  return { authentication: "unknown", findings: [finding("cert.untrusted", evidence, changes)] };
}

function judgeTrust(certificate: CertificateFacts): Part {
  const { leaf, trust } = certificate;
  const issuer = `issuer ${leaf.issuer}`;
  const untrusted = (why: string): Part => ({
    failure: "untrusted",
    findings: [finding("cert.untrusted", [why, issuer])],
  });
  switch (trust) {
    case "trusted":
      return proved;
    case "self-signed":
      return { failure: "self-signed", findings: [finding("cert.self-signed", [`subject ${leaf.subject}`])] };
    case "incomplete-chain":
      return { failure: "untrusted", findings: incompleteChain(certificate) };
    case "untrusted-root":
      return untrusted("the chain ends in a root that is not trusted");
    case "invalid-chain":
      return untrusted("a signature or an extension in the chain is wrong");
    case "expired-issuer":
      return untrusted("a certificate above the leaf is outside its dates");
    case "not-checked":
      return { failure: "unknown", findings: unchecked("the chain could not be checked", issuer).findings };
  }
}

/**
 * With intermediates sent, their issuer is a stranger. With the leaf alone, a forgotten intermediate and a private
 * authority look the same, unless the leaf says where its issuer is published, as public authorities' leaves do.
 */
function incompleteChain({ leaf, chain }: CertificateFacts): readonly Finding[] {
  const sent = new Set((chain ?? []).map(({ sha256 }) => sha256)).size;
  const issuer = `issuer ${leaf.issuer}`;
  if (sent > 1) return [finding("cert.untrusted", ["the issuer of the last certificate sent is not known", issuer])];
  const incomplete = finding("cert.incomplete-chain", ["the issuer was not sent", issuer]);
  return leaf.namesIssuerPlace
    ? [incomplete]
    : [incomplete, finding("cert.untrusted", ["the issuer is not known", issuer])];
}

function judgeDates(leaf: Leaf, now: number): Part {
  const from = `not before ${timeText(leaf.notBefore)}`;
  const until = `not after ${timeText(leaf.notAfter)}`;
  switch (dateState(leaf, now)) {
    case "valid":
      return proved;
    case "expiring":
      return { failure: null, findings: [finding("cert.expiring", [until])] };
    case "expired":
      return { failure: "expired", findings: [finding("cert.expired", [until])] };
    case "not-yet-valid":
      return { failure: "not-yet-valid", findings: [finding("cert.not-yet-valid", [from])] };
  }
}

function timeText(time: number): string {
  return time === unreadableTime ? "what can't be read as a time" : new Date(time).toISOString();
}

function judgeName(leaf: Leaf, reference: string): Part {
  if (matchesName(leaf, reference)) return proved;
  const names = [...leaf.dnsNames, ...leaf.addresses];
  const unused = leaf.commonName === null ? "" : ` (its common name ${leaf.commonName} doesn't count)`;
  const held = names.length === 0 ? `no name${unused}` : names.slice(0, shownNames).join(", ");
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  const evidence = [`${reference} is not among: ${held}${more}`];
  return { failure: "name-mismatch", findings: [finding("cert.name-mismatch", evidence)] };
}

function duplicates({ chain }: CertificateFacts): readonly Finding[] {
  const places = Map.groupBy(chain?.entries() ?? [], ([, { sha256 }]) => sha256);
  const evidence = [...places.values()]
    .filter((entries) => entries.length > 1)
    .map((entries) => {
      const numbers = entries.slice(0, shownNames).map(([index]) => index + 1);
      return `certificates ${numbers.join(", ")}${entries.length > shownNames ? ", …" : ""}: ${entries[0]?.[1].subject}`;
    });
  return evidence.length === 0 ? [] : [finding("chain.duplicate", evidence.slice(0, shownNames))];
}
