/** What a certificate says, as facts: the leaf in full, the others by name. */

import { createHash, type X509Certificate } from "node:crypto";
import { type ChainEntry, type Leaf, unreadableTime } from "../../model/observation.ts";
import { addressText } from "../ip/address.ts";
import { childrenOf, type Element, oidText, readElements } from "./der.ts";
import { lastCommonName, oneLineName } from "./name.ts";

const oids = {
  subjectAltName: "2.5.29.17",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
  caIssuers: "1.3.6.1.5.5.7.48.2",
  rsassaPss: "1.2.840.113549.1.1.10",
  sha1: "1.3.14.3.2.26",
} as const;

const tag = {
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  iPAddress: 0x87,
  octetString: 0x04,
  pssHash: 0xa0,
} as const;

/** The parts of a Certificate (RFC 5280 §4.1) that node:crypto shows only as text, or not at all. */
interface Parts {
  readonly issuer: Element;
  readonly subject: Element;
  /** Content of the extnValue by OID; of a repeated extension the first. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
  readonly signature: { readonly oid: string; readonly parameters: Element | undefined };
}

const nothing: Element = { tag: 0, content: new Uint8Array() };

function partsOf(certificate: X509Certificate): Parts {
  const [whole] = readElements(certificate.raw) ?? [];
  const [tbs, signature] = childrenOf(whole);
  const fields = childrenOf(tbs);
  const at = fields[0]?.tag === tag.version ? 1 : 0;
  const [algorithm, parameters] = childrenOf(signature);
  const [list] = childrenOf(fields.find((field) => field.tag === tag.extensions));
  const extensions = new Map<string, Uint8Array>();
  for (const extension of childrenOf(list)) {
    const [id, ...rest] = childrenOf(extension);
    const value = rest.find((element) => element.tag === tag.octetString);
    if (id && value && !extensions.has(oidText(id.content))) extensions.set(oidText(id.content), value.content);
  }
  return {
    issuer: fields[at + 2] ?? nothing,
    subject: fields[at + 4] ?? nothing,
    extensions,
    signature: { oid: oidText(algorithm?.content ?? nothing.content), parameters },
  };
}

/** Elements of the SEQUENCE that an extension consists of. */
function listIn(extension: Uint8Array | undefined): readonly Element[] {
  return childrenOf((extension && readElements(extension))?.[0]);
}

function sha256(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("hex");
}

export function chainEntry(certificate: X509Certificate): ChainEntry {
  const { subject, issuer } = partsOf(certificate);
  return { sha256: sha256(certificate), subject: oneLineName(subject), issuer: oneLineName(issuer) };
}

export function readLeaf(certificate: X509Certificate): Leaf {
  const parts = partsOf(certificate);
  const altNames = listIn(parts.extensions.get(oids.subjectAltName));
  return {
    sha256: sha256(certificate),
    subject: oneLineName(parts.subject),
    issuer: oneLineName(parts.issuer),
    serial: certificate.serialNumber.toLowerCase(),
    dnsNames: altNames.filter((name) => name.tag === tag.dnsName).flatMap(({ content }) => hostName(content)),
    addresses: altNames
      .filter((name) => name.tag === tag.iPAddress)
      .flatMap(({ content }) => addressText(content) ?? []),
    commonName: lastCommonName(parts.subject),
    notBefore: timeOf(certificate.validFromDate),
    notAfter: timeOf(certificate.validToDate),
    ...keyOf(certificate),
    signatureAlgorithm: signatureAlgorithm(certificate, parts),
    namesIssuerPlace: listIn(parts.extensions.get(oids.authorityInfoAccess)).some(
      (access) => oidText(childrenOf(access)[0]?.content ?? nothing.content) === oids.caIssuers,
    ),
  };
}

/** What OpenSSL can't read is no time at all: such a certificate is valid at none. */
function timeOf(date: Date): number {
  const time = date.getTime();
  return Number.isNaN(time) ? unreadableTime : time;
}

/** A dNSName is ASCII (RFC 5280 §4.2.1.6); one that holds anything else can never match and is left out. */
function hostName(content: Uint8Array): readonly string[] {
  const text = Buffer.from(content).toString("latin1");
  return /^[!-~]+$/.test(text) ? [text.toLowerCase()] : [];
}

function keyOf(certificate: X509Certificate): Pick<Leaf, "keyType" | "keyBits"> {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    switch (type) {
      case "rsa":
      case "rsa-pss":
        return { keyType: "rsa", keyBits: details?.modulusLength ?? 0 };
      case "dsa":
        return { keyType: "dsa", keyBits: details?.modulusLength ?? 0 };
      case "ec":
        // Curves carry their size in their names: prime256v1, secp384r1, brainpoolP256r1.
        return { keyType: "ec", keyBits: Number(/\d{3}/.exec(details?.namedCurve ?? "")?.[0] ?? 0) };
      case "ed25519":
        return { keyType: "ed25519", keyBits: 256 };
      case "ed448":
        return { keyType: "ed448", keyBits: 456 };
      default:
        return { keyType: "other", keyBits: 0 };
    }
  } catch {
    // A key that our TLS library doesn't know.
    return { keyType: "other", keyBits: 0 };
  }
}

/** OpenSSL's name; for RSASSA-PSS with SHA-1, which is its default hash (RFC 4055 §3.1), with the hash told. */
function signatureAlgorithm(certificate: X509Certificate, { signature }: Parts): string {
  const name = certificate.signatureAlgorithm ?? signature.oid;
  if (signature.oid !== oids.rsassaPss) return name;
  const hash = childrenOf(signature.parameters).find((element) => element.tag === tag.pssHash);
  const oid = hash ? oidText(childrenOf(childrenOf(hash)[0])[0]?.content ?? nothing.content) : oids.sha1;
  return oid === oids.sha1 ? "rsassaPss-sha1" : name;
}
