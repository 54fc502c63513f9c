/** What a cipher suite is made of, read off its IANA name (RFC 5246 §A.5, RFC 8446 §B.4). */

import { registeredSuites, unregisteredSuites } from "./suite-table.ts";

type KeyExchange = "any" | "rsa" | "dh" | "dhe" | "ecdh" | "ecdhe" | "psk" | "srp" | "krb5" | "gost" | "eccpwd";
type SuiteAuthentication = "any" | "rsa" | "dss" | "ecdsa" | "anonymous" | "psk" | "srp" | "krb5" | "gost" | "password";

/** How records are kept from being changed: within the cipher itself, or by a hash of this name. */
type SuiteIntegrity = "AEAD" | "MD5" | "SHA1" | "SHA256" | "SHA384" | "IMIT";

export interface Suite {
  /** Code point, e.g. 0xC02F. */
  readonly code: number;
  readonly iana: string;
  /** The IANA name where OpenSSL never had one. */
  readonly openssl: string;
  /** `any` in TLS 1.3, whose suites leave it open. */
  readonly keyExchange: KeyExchange;
  readonly authentication: SuiteAuthentication;
  /** The bulk cipher as IANA spells it: `AES_128_GCM`, `3DES_EDE_CBC`, `NULL`. */
  readonly cipher: string;
  /** Strength of the bulk cipher in bits: 0 for NULL, 112 for 3DES, 40 and 56 for EXPORT. */
  readonly bits: number;
  readonly integrity: SuiteIntegrity;
  readonly forwardSecret: boolean;
  /** Keys that were short by law. */
  readonly exportGrade: boolean;
  /** Can be agreed in TLS 1.3, and in nothing else. */
  readonly tls13: boolean;
}

function readSuite(line: string): Suite {
  const [code = "", iana = "", openssl = ""] = line.split(" ");
  const [left = "", right] = iana.replace(/^(TLS|SSL)_/, "").split("_WITH_");
  const kind = right === undefined ? "" : left;
  const bulk = right ?? left;
  const keyExchange = keyExchangeOf(kind);
  return {
    code: Number.parseInt(code, 16),
    iana,
    openssl: openssl === "-" ? iana : openssl,
    keyExchange,
    authentication: authenticationOf(kind),
    ...cipherOf(bulk, kind),
    integrity: integrityOf(bulk),
    forwardSecret: ["any", "dhe", "ecdhe", "eccpwd"].includes(keyExchange),
    exportGrade: kind.includes("EXPORT"),
    tls13: keyExchange === "any" || bulk.includes("_MGM_"),
  };
}

/** Anonymous Diffie-Hellman is ephemeral as well (RFC 5246 §7.4.3). */
function keyExchangeOf(kind: string): KeyExchange {
  if (kind === "") return "any";
  if (kind.startsWith("SRP")) return "srp";
  if (kind.startsWith("KRB5")) return "krb5";
  if (kind.startsWith("GOST")) return "gost";
  if (kind === "ECCPWD") return "eccpwd";
  if (/^ECDHE|^ECDH_anon/.test(kind)) return "ecdhe";
  if (kind.startsWith("ECDH")) return "ecdh";
  if (/^DHE|^DH_anon|^PSK_DHE/.test(kind)) return "dhe";
  if (kind.startsWith("DH")) return "dh";
  return kind.startsWith("PSK") ? "psk" : "rsa";
}

function authenticationOf(kind: string): SuiteAuthentication {
  if (kind === "") return "any";
  if (kind.includes("anon")) return "anonymous";
  if (kind.includes("PSK")) return "psk";
  if (kind.includes("ECDSA")) return "ecdsa";
  if (kind.includes("DSS")) return "dss";
  if (kind.startsWith("KRB5")) return "krb5";
  if (kind.startsWith("GOST")) return "gost";
  if (kind === "ECCPWD") return "password";
  return kind === "SRP_SHA" ? "srp" : "rsa";
}

function cipherOf(bulk: string, kind: string): Pick<Suite, "cipher" | "bits"> {
  // Integrity alone (RFC 9150): the name has two hashes and no cipher.
  if (bulk === "SHA256_SHA256" || bulk === "SHA384_SHA384") return { cipher: "NULL", bits: 0 };
  const cipher = bulk
    .replace(/(_OLD|_2)$/, "")
    .replace(/_(MD5|SHA|SHA256|SHA384|SHA512|SM3|GOSTR3411|STREEBOG256)$/, "");
  if (cipher.startsWith("NULL")) return { cipher: "NULL", bits: 0 };
  if (cipher.startsWith("3DES")) return { cipher, bits: 112 };
  if (/^(CHACHA20|28147|KUZNYECHIK|MAGMA)/.test(cipher)) return { cipher, bits: 256 };
  if (/^(IDEA|SEED|SM4|AEGIS_128L)/.test(cipher)) return { cipher, bits: 128 };
  if (cipher === "DES_CBC") return { cipher, bits: 56 };
  if (kind.includes("EXPORT") && cipher === "DES40_CBC") return { cipher, bits: 40 };
  return { cipher, bits: Number(/_(\d{2,3})(_|$)/.exec(cipher)?.[1] ?? 0) };
}

const aead = /_(GCM|CCM|CCM_8|MGM_[LS])(_|$)|POLY1305|AEGIS/;

function integrityOf(bulk: string): SuiteIntegrity {
  if (aead.test(bulk)) return "AEAD";
  if (/IMIT|OMAC|GOSTR3411|STREEBOG/.test(bulk)) return "IMIT";
  const hash = /_(MD5|SHA256|SHA384)(_|$)/.exec(bulk)?.[1];
  return hash === "MD5" || hash === "SHA256" || hash === "SHA384" ? hash : "SHA1";
}

const linesOf = (table: string) => table.trim().split("\n");

/** What the registry has, and what else was met. */
export const suites: readonly Suite[] = [...linesOf(registeredSuites), ...linesOf(unregisteredSuites)].map(readSuite);

const byCode = new Map(suites.map((suite) => [suite.code, suite]));
const byName = new Map(suites.flatMap((suite) => [[suite.openssl, suite] as const, [suite.iana, suite] as const]));

export function suiteByCode(code: number): Suite | undefined {
  return byCode.get(code);
}

/** By its OpenSSL or its IANA name. */
export function suiteByName(name: string): Suite | undefined {
  return byName.get(name);
}

/** Of a suite that was agreed: one that isn't in the table yet is still known by its IANA name. */
export function suiteNamed(iana: string, openssl: string): Suite {
  return byName.get(iana) ?? byName.get(openssl) ?? readSuite(`FFFF ${iana} ${openssl}`);
}
