/** Certificates for the demo's mail servers, made at the start and forgotten at the end. */

import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const day = 86_400_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface KeyAndCertificate {
  readonly keyPem: string;
  readonly certPem: string;
}

export interface DemoAuthority {
  readonly certPem: string;
  /** The first name is the subject. */
  issue(names: readonly string[]): Promise<KeyAndCertificate>;
}

/** A root of the demo's own, trusted by nothing but the demo. */
export async function demoAuthority(): Promise<DemoAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Chainmail demo root",
    keys,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    certPem: root.toString("pem"),
    issue: (names) => leaf(names, { subject: root.subject, key: keys.privateKey }),
  };
}

export function selfSigned(name: string): Promise<KeyAndCertificate> {
  return leaf([name], null);
}

async function leaf(
  names: readonly string[],
  issuer: { readonly subject: string; readonly key: webcrypto.CryptoKey } | null,
): Promise<KeyAndCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: issuer?.subject ?? `CN=${names[0]}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 90 * day),
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })))],
  });
  return {
    keyPem: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
    certPem: certificate.toString("pem"),
  };
}
