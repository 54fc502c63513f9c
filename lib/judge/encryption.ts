/** How strong a session is, measured by a requirement's floor. */

import type { Floor } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import { type Leaf, protocolNames, type TlsFacts } from "../model/observation.ts";
import type { Encryption } from "../model/verdict.ts";
import { isNullCipher } from "./answer.ts";
import { sessionBelow } from "./by-standard.ts";
import { finding } from "./findings.ts";
import { floorOf } from "./grades/floors.ts";

export interface EncryptionJudgement {
  readonly encryption: Exclude<Encryption, "unknown">;
  readonly findings: readonly Finding[];
}

/** Ciphers that no key length makes good (RFC 7465, RFC 8429, RFC 9325 §4.1). */
const brokenCipher = /(^|[-_])(RC2|RC4|DES|3DES|DES40|CBC3|EXP|EXPORT|EXP1024)\d*([-_]|$)/i;
const brokenSignature = /md[245](?!\d)|sha-?1(?!\d)/i;

/** `leaf` is null where no certificate was shown or read. */
export function judgeEncryption(tls: TlsFacts, leaf: Leaf | null, floor: Floor): EncryptionJudgement {
  if (isNullCipher(tls)) return { encryption: "none", findings: [finding("tls.no-encryption", [tls.cipher])] };
  const standard = floorOf(floor);
  const below = standard === null ? belowFigures(tls, leaf, floor) : sessionBelow(standard, tls, leaf);
  const weakSecrecy = floor.forwardSecrecy && !tls.forwardSecret;
  return {
    encryption: below.length > 0 || weakSecrecy ? "weak" : "strong",
    findings: [...below, ...secrecyFindings(tls, weakSecrecy), ...datedFindings(tls, below)],
  };
}

function belowFigures(tls: TlsFacts, leaf: Leaf | null, floor: Floor): readonly Finding[] {
  return [
    ...protocolFindings(tls, floor),
    ...cipherFindings(tls, floor),
    ...keyExchangeFindings(tls, floor),
    ...(leaf === null ? [] : certificateFindings(leaf, floor)),
  ];
}

function protocolFindings({ protocol }: TlsFacts, floor: Floor): Finding[] {
  if (protocolNames.indexOf(protocol) >= protocolNames.indexOf(floor.protocol)) return [];
  return [finding("tls.protocol-weak", [`${protocol}, required is ${floor.protocol}`])];
}

function cipherFindings(tls: TlsFacts, floor: Floor): Finding[] {
  if (brokenCipher.test(tls.cipher) || brokenCipher.test(tls.iana)) return [finding("tls.cipher-weak", [tls.cipher])];
  if (tls.bits >= floor.cipherBits) return [];
  return [finding("tls.cipher-weak", [`${tls.cipher}: ${tls.bits} bits, required are ${floor.cipherBits}`])];
}

/** Static RSA exchanges keys by the certificate's own key: {@link certificateFindings} measures that. */
function keyExchangeFindings({ group, groupBits }: TlsFacts, floor: Floor): Finding[] {
  if (group === null || groupBits === null) return [];
  const least = /^(dh|ffdhe)/i.test(group) ? floor.rsaBits : floor.ecBits;
  if (groupBits >= least) return [];
  return [finding("tls.key-exchange-weak", [`${group}: ${groupBits} bits, required are ${least}`])];
}

/** Its key and its signature. */
export function certificateFindings(leaf: Leaf, floor: Floor): Finding[] {
  const found: Finding[] = [];
  const least = leastKeyBits(leaf, floor);
  if (least !== null && leaf.keyBits < least) {
    found.push(finding("cert.weak-key", [`${leaf.keyType} ${leaf.keyBits} bits, required are ${least}`]));
  }
  if (brokenSignature.test(leaf.signatureAlgorithm)) {
    found.push(finding("cert.weak-signature", [leaf.signatureAlgorithm]));
  }
  return found;
}

function leastKeyBits({ keyType }: Leaf, floor: Floor): number | null {
  switch (keyType) {
    case "rsa":
    case "dsa":
      return floor.rsaBits;
    case "ec":
      return floor.ecBits;
    case "ed25519":
    case "ed448":
    case "other":
      return null;
  }
}

function secrecyFindings(tls: TlsFacts, weak: boolean): Finding[] {
  if (tls.forwardSecret) return [];
  const changes = weak ? { consequence: "mail is encrypted, but below what is required" } : {};
  return [finding("tls.no-forward-secrecy", [tls.cipher], changes)];
}

/** CBC and HMAC-SHA1 pass the floor; they are told, unless the cipher is below it anyway. */
function datedFindings(tls: TlsFacts, below: readonly Finding[]): Finding[] {
  if (below.some(({ code }) => code === "tls.cipher-weak")) return [];
  const dated = [isCbc(tls) ? "CBC" : "", /[-_]SHA1?$/.test(tls.cipher) ? "HMAC-SHA1" : ""].filter(Boolean);
  if (dated.length === 0) return [];
  const changes = {
    severity: "info",
    consequence: "nothing yet",
    advice: "Offer AES-GCM or ChaCha20-Poly1305 suites first in the mail server's cipher list.",
  } as const;
  return [finding("tls.cipher-weak", [`${tls.cipher}: ${dated.join(" and ")}`], changes)];
}

function isCbc({ iana, cipher, protocol }: TlsFacts): boolean {
  if (iana !== "") return iana.includes("_CBC_");
  return protocol !== "TLSv1.3" && !/GCM|CCM|CHACHA20|POLY1305|RC4/.test(cipher);
}
