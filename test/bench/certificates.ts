/** What most mail servers show: RSA-2048 throughout, a leaf, an intermediate and a root. */

import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

export interface Chain {
  /** The name in the leaf. */
  readonly name: string;
  readonly rootPem: string;
  /** Leaf and intermediate, as a server sends them. */
  readonly chainPem: string;
  readonly keyPem: string;
}

const rsa2048 = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const day = 86_400_000;

interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export async function rsaChain(name: string): Promise<Chain> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const root = await certificate("Bench root", null, true);
  const intermediate = await certificate("Bench intermediate", root, true);
  const leaf = await certificate(name, intermediate, false);
  const privateKey = KeyObject.from(leaf.keys.privateKey);
  return {
    name,
    rootPem: pem(root),
    chainPem: pem(leaf) + pem(intermediate),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

async function certificate(name: string, issuer: Signer | null, isAuthority: boolean): Promise<Signer> {
  const keys = await webcrypto.subtle.generateKey(rsa2048, true, ["sign", "verify"]);
  const subject = [{ CN: [name] }];
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: `4${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex")}`,
    subject,
    issuer: issuer?.certificate.subjectName.toJSON() ?? subject,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 90 * day),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: rsa2048,
    extensions: isAuthority
      ? [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        ]
      : [
          new x509.BasicConstraintsExtension(false),
          new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
          new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
        ],
  });
  return { certificate: made, keys };
}

function pem({ certificate }: Signer): string {
  return `${certificate.toString("pem").trim()}\n`;
}
