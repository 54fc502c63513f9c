/** From OpenSSL's word for a chain to ours. */

import type { X509Certificate } from "node:crypto";
import type { TrustResult } from "../../model/observation.ts";
import type { TrustRoots } from "./roots.ts";

export interface TrustQuestion {
  /** node's `authorizationError` of a handshake that was verified against `roots`; null when it was authorised. */
  readonly authorizationError: string | null;
  readonly leaf: X509Certificate;
  /** The certificates sent beside the leaf, in any order, the leaf among them or not; null when they weren't read. */
  readonly chain: readonly X509Certificate[] | null;
  readonly roots: TrustRoots;
  /** Epoch ms. */
  readonly now: number;
}

const results: Readonly<Record<string, TrustResult>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted-root",
  UNABLE_TO_GET_ISSUER_CERT: "incomplete-chain",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "incomplete-chain",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "incomplete-chain",
  // Node says so only of a chain that it found good: names are judged elsewhere.
  ERR_TLS_CERT_ALTNAME_INVALID: "trusted",
};

/** OpenSSL keeps its last complaint, and dates come last: behind these words anything may stand. */
const aboutDates = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/**
 * Was a path from the leaf to a root found? The leaf's own dates don't matter here: they are told by the leaf, and judged.
 */
export function trustOf(question: TrustQuestion): TrustResult {
  const { authorizationError } = question;
  if (authorizationError === null) return "trusted";
  if (aboutDates.has(authorizationError)) return walk(question);
  return results[authorizationError] ?? "invalid-chain";
}

/** More certificates than any honest path has aren't looked at: each pair may cost a signature check. */
const mostSent = 20;

/** Looks for a path by ourselves, without dates first, since OpenSSL's answer only tells of dates. */
export function walk({ leaf, chain, roots, now }: Omit<TrustQuestion, "authorizationError">): TrustResult {
  const sent = (chain ?? []).slice(0, mostSent);
  const isRoot = (certificate: X509Certificate) => roots.issuersOf(certificate).some((root) => same(root, certificate));
  const isCurrent = ({ validFromDate, validToDate }: X509Certificate) =>
    validFromDate.getTime() <= now && now <= validToDate.getTime();
  const above = reachable(leaf, sent, roots, () => true);
  if (reachable(leaf, sent, roots, isCurrent).some(isRoot)) return "trusted";
  if (above.some(isRoot)) return "expired-issuer";
  if (signsItself(leaf)) return "self-signed";
  return above.some(signsItself) ? "untrusted-root" : "incomplete-chain";
}

/** The leaf and all that signed for it, directly or through others, as far as it is known and `admitted`. */
function reachable(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  roots: TrustRoots,
  admitted: (certificate: X509Certificate) => boolean,
): readonly X509Certificate[] {
  const found = [leaf];
  for (const certificate of found) {
    const issuers = [...roots.issuersOf(certificate), ...sent.filter((other) => other.ca)].filter(
      (issuer) => admitted(issuer) && !found.some((known) => same(known, issuer)) && signs(issuer, certificate),
    );
    found.push(...issuers);
  }
  return found;
}

const same = (a: X509Certificate, b: X509Certificate) => a.fingerprint256 === b.fingerprint256;

const signs = (issuer: X509Certificate, certificate: X509Certificate) =>
  certificate.checkIssued(issuer) && verifies(issuer, certificate);

/** A leaf without the right to sign others may still have signed itself. */
const signsItself = (certificate: X509Certificate) =>
  certificate.subject === certificate.issuer && verifies(certificate, certificate);

function verifies(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    // A key or signature that our TLS library doesn't know.
    return false;
  }
}
