/** A certificate authority for tests: whatever a mail server might show, made on the spot. */

import "reflect-metadata";
import { createHash, KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

type Key = webcrypto.CryptoKeyPair;
type KeyKind = "ec" | "rsa2048" | "rsa1024";
type Signature = "sha256" | "sha1";

/** Attributes in DER order: `[["O", "Halon Security"], ["CN", "mail.example"]]`; a type is a short name (`E` for emailAddress) or a dotted OID. */
export type Subject = readonly (readonly [string, string])[];

export interface Authority {
  readonly certPem: string;
  readonly der: Buffer;
  readonly certificate: x509.X509Certificate;
  readonly keys: Key;
  /** The authority that signed this one; null for a root. */
  readonly issuer: Authority | null;
}

export interface Issued {
  readonly certPem: string;
  readonly keyPem: string;
  /** What a well-kept server sends: the leaf, then every intermediate, without the root. */
  readonly chainPem: string;
  /** The root. */
  readonly caPem: string;
  readonly der: Buffer;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface LeafOptions {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly key?: KeyKind;
  readonly signature?: Signature;
  /** By default the first name as CN. */
  readonly subject?: Subject;
}

const day = 86_400_000;
const serverAuth = "1.3.6.1.5.5.7.3.1";
const rsaKeys = new Map<string, Promise<Key>>();

/** RSA keys cost a tenth of a second and more, so each size is made once a process; WebCrypto ties a hash to it. */
function makeKeys(kind: KeyKind, signature: Signature): Promise<Key> {
  if (kind === "ec") {
    return webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  }
  const known = rsaKeys.get(kind + signature);
  if (known !== undefined) return known;
  const made = webcrypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: kind === "rsa1024" ? 1024 : 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: signature === "sha1" ? "SHA-1" : "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  rsaKeys.set(kind + signature, made);
  return made;
}

/** PEM that may be joined with more of it: it ends in a newline. */
function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}

/** The library takes backslashes in values for escapes. */
const jsonName = (subject: Subject): x509.JsonName =>
  subject.map(([type, value]) => ({ [type]: [value.replaceAll("\\", "\\\\")] }));

const serialNumber = (): string => `4${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString("hex")}`;

const signingWith = (keys: Key, signature: Signature) => ({
  name: keys.privateKey.algorithm.name,
  hash: signature === "sha1" ? "SHA-1" : "SHA-256",
});

/** A root, or with `issuer` an intermediate that it signs. */
export async function makeCa(options: {
  readonly name: string;
  readonly issuer?: Authority;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}): Promise<Authority> {
  const keys = await makeKeys("ec", "sha256");
  const signer = options.issuer;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: jsonName([["CN", options.name]]),
    issuer: signer ? signer.certificate.subjectName.toJSON() : jsonName([["CN", options.name]]),
    notBefore: options.notBefore ?? new Date(Date.now() - 30 * day),
    notAfter: options.notAfter ?? new Date(Date.now() + 3_650 * day),
    publicKey: keys.publicKey,
    signingKey: (signer?.keys ?? keys).privateKey,
    signingAlgorithm: signingWith(signer?.keys ?? keys, "sha256"),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(signer ? [await x509.AuthorityKeyIdentifierExtension.create(signer.certificate)] : []),
    ],
  });
  return {
    certPem: pem(certificate),
    der: Buffer.from(certificate.rawData),
    certificate,
    keys,
    issuer: signer ?? null,
  };
}

/**
 * A server certificate signed by `ca`. With `intermediate: true` a fresh intermediate of `ca` stands between;
 * `caIssuers` is the address at which the leaf says its issuer can be fetched.
 */
export async function issue(
  ca: Authority,
  options: LeafOptions & { readonly intermediate?: boolean; readonly caIssuers?: string },
): Promise<Issued> {
  const signer = options.intermediate
    ? await makeCa({ name: `${ca.certificate.subjectName.getField("CN")[0]} intermediate`, issuer: ca })
    : ca;
  return makeLeaf(options, signer, options.caIssuers);
}

/** A certificate that signs itself, with any subject. */
export function selfSigned(options: LeafOptions): Promise<Issued> {
  return makeLeaf(options, null, undefined);
}

async function makeLeaf(
  options: LeafOptions,
  signer: Authority | null,
  caIssuers: string | undefined,
): Promise<Issued> {
  const names = options.names ?? [];
  const addresses = options.addresses ?? [];
  const subject = jsonName(options.subject ?? (names[0] === undefined ? [] : [["CN", names[0]]]));
  const keys = await makeKeys(options.key ?? "ec", options.signature ?? "sha256");
  const signing = signer?.keys ?? keys;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: signer ? signer.certificate.subjectName.toJSON() : subject,
    notBefore: options.notBefore ?? new Date(Date.now() - day),
    notAfter: options.notAfter ?? new Date(Date.now() + 89 * day),
    publicKey: keys.publicKey,
    signingKey: signing.privateKey,
    signingAlgorithm: signingWith(signing, options.signature ?? "sha256"),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(signer ? [await x509.AuthorityKeyIdentifierExtension.create(signer.certificate)] : []),
      ...(caIssuers === undefined ? [] : [new x509.AuthorityInfoAccessExtension({ caIssuers })]),
      ...(names.length + addresses.length === 0
        ? []
        : [
            new x509.SubjectAlternativeNameExtension([
              ...names.map((value) => ({ type: "dns" as const, value })),
              ...addresses.map((value) => ({ type: "ip" as const, value })),
            ]),
          ]),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  const above = signer ? pathUpFrom(signer) : [];
  const certPem = pem(certificate);
  return {
    certPem,
    keyPem: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
    chainPem: [certPem, ...above.slice(0, -1).map((authority) => authority.certPem)].join(""),
    caPem: above.at(-1)?.certPem ?? certPem,
    der,
    sha256: createHash("sha256").update(der).digest("hex"),
  };
}

/** From the signer to its root. */
function pathUpFrom(authority: Authority): readonly Authority[] {
  return authority.issuer === null ? [authority] : [authority, ...pathUpFrom(authority.issuer)];
}
