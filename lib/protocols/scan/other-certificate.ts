/**
 * The certificate for the other type of key. Servers may have one of RSA and one of ECDSA, in TLS 1.3 as well, and show
 * the one that the client's signature schemes allow.
 */

import type { CertificateFacts, Leaf } from "../../model/observation.ts";
import type { CertificateCache } from "../tls/certificates.ts";
import { issuersOf } from "../tls/handshake.ts";
import type { TrustRoots } from "../x509/roots.ts";
import { walk } from "../x509/trust.ts";
import type { Asking } from "./flaws/flaw.ts";
import { leave, secure } from "./flaws/secure.ts";

export interface OtherCertificate {
  readonly facts: CertificateFacts;
  /** Of the leaf. */
  readonly der: Uint8Array;
}

export interface Trusting {
  readonly roots: TrustRoots;
  readonly certificates: CertificateCache;
  /** Epoch ms. */
  readonly now: number;
}

const hashes = ["SHA256", "SHA384", "SHA512", "SHA224", "SHA1"];
const schemes = {
  rsa: hashes.flatMap((hash) => [`RSA-PSS+${hash}`, `RSA+${hash}`]).filter((name) => !/PSS\+SHA(1|224)$/.test(name)),
  ecdsa: [...hashes.map((hash) => `ECDSA+${hash}`), "ed25519", "ed448"],
} as const;

/** Null: it has none that our TLS library can come by. Never rejects. */
export async function otherCertificate(
  { converse, serverName }: Pick<Asking, "converse" | "serverName">,
  first: Leaf,
  { roots, certificates, now }: Trusting,
): Promise<OtherCertificate | null> {
  const sigalgs = schemes[first.keyType === "rsa" ? "ecdsa" : "rsa"].join(":");
  const found = await converse(async (raw, deadline, { handshake }) => {
    const socket = await secure(raw, { sigalgs, serverName }, deadline, handshake);
    if ("failed" in socket) return null;
    // Once, and last: asked a second time, Node 24 has lost the certificate (nodejs/node#65579).
    const certificate = socket.getPeerX509Certificate();
    await leave(socket, deadline);
    if (certificate === undefined) return null;
    const leaf = certificates.leaf(certificate);
    if (leaf.sha256 === first.sha256) return null;
    const trust = walk({ leaf: certificate, chain: issuersOf(certificate), roots, now });
    return { facts: { leaf, trust, chain: null }, der: certificate.raw };
  });
  return found !== null && "facts" in found ? found : null;
}
