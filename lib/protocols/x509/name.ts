/** Distinguished names (RFC 5280 §4.1.2.4) as mail people know them: OpenSSL's one-line form, in the order of the DER. */

import { childrenOf, type Element, oidText } from "./der.ts";

const shortNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.4": "SN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "street",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.12": "title",
  "2.5.4.13": "description",
  "2.5.4.15": "businessCategory",
  "2.5.4.16": "postalAddress",
  "2.5.4.17": "postalCode",
  "2.5.4.18": "postOfficeBox",
  "2.5.4.20": "telephoneNumber",
  "2.5.4.41": "name",
  "2.5.4.42": "GN",
  "2.5.4.43": "initials",
  "2.5.4.44": "generationQualifier",
  "2.5.4.46": "dnQualifier",
  "2.5.4.65": "pseudonym",
  "2.5.4.97": "organizationIdentifier",
  "0.9.2342.19200300.100.1.1": "UID",
  "0.9.2342.19200300.100.1.25": "DC",
  "1.2.840.113549.1.9.1": "emailAddress",
  "1.2.840.113549.1.9.2": "unstructuredName",
  "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
  "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
  "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
};

const commonNameOid = "2.5.4.3";
const tagBmpString = 0x1e;

interface Attribute {
  readonly oid: string;
  readonly value: Element;
}

function attributes(name: Element): readonly Attribute[] {
  return childrenOf(name).flatMap((set) =>
    childrenOf(set).flatMap((pair) => {
      const [type, value] = childrenOf(pair);
      return type && value ? [{ oid: oidText(type.content), value }] : [];
    }),
  );
}

/**
 * `/O=Halon Security/CN=mail.example`. Octets outside printable ASCII are written `\xC3`, like OpenSSL does; unlike it, a
 * slash or backslash in a value is too where it could be read as the next attribute or as an escape.
 */
export function oneLineName(name: Element): string {
  return attributes(name)
    .map(({ oid, value }) => `/${shortNames[oid] ?? oid}=${escaped(value.content)}`)
    .join("");
}

function escaped(octets: Uint8Array): string {
  const hex = (char: string) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return Buffer.from(octets)
    .toString("latin1")
    .replace(/\\(?=x)|\/(?=[\w.]+=)|[^ -~]/g, hex);
}

/** The last CN as text (RFC 9525 §2: for people, never for matching). */
export function lastCommonName(name: Element): string | null {
  const value = attributes(name).findLast(({ oid }) => oid === commonNameOid)?.value;
  if (value === undefined) return null;
  const octets = Buffer.from(value.content);
  if (value.tag !== tagBmpString) return octets.toString("utf8");
  return octets
    .subarray(0, octets.length & ~1)
    .swap16()
    .toString("utf16le");
}
