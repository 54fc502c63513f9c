/** What a cipher suite is made of, read off its IANA name (RFC 5246 §A.5, RFC 8446 §B.4). */

import { suiteTable } from "./suite-table.ts";

type KeyExchange = "any" | "rsa" | "dh" | "dhe" | "ecdh" | "ecdhe" | "psk" | "srp";
type SuiteAuthentication = "any" | "rsa" | "dss" | "ecdsa" | "anonymous" | "psk" | "srp";

export interface Suite {
  /** Code point, e.g. 0xC02F. */
  readonly code: number;
  readonly iana: string;
  readonly openssl: string;
  /** `any` in TLS 1.3, whose suites leave it open. */
  readonly keyExchange: KeyExchange;
  readonly authentication: SuiteAuthentication;
  /** The bulk cipher as IANA spells it: `AES_128_GCM`, `3DES_EDE_CBC`, `NULL`. */
  readonly cipher: string;
  /** Strength of the bulk cipher in bits: 0 for NULL, 112 for 3DES, 40 and 56 for EXPORT. */
  readonly bits: number;
  readonly forwardSecret: boolean;
  /** Keys that were short by law. */
  readonly exportGrade: boolean;
}

function readSuite(line: string): Suite {
  const [code = "", iana = "", openssl = ""] = line.split(" ");
  const [left = "", right] = iana.replace(/^TLS_/, "").split("_WITH_");
  const kind = right === undefined ? "" : left;
  const keyExchange = keyExchangeOf(kind);
  return {
    code: Number.parseInt(code, 16),
    iana,
    openssl,
    keyExchange,
    authentication: authenticationOf(kind),
    ...bulkOf(right ?? left, kind),
    forwardSecret: keyExchange === "any" || keyExchange === "dhe" || keyExchange === "ecdhe",
    exportGrade: kind.includes("EXPORT"),
  };
}

/** Anonymous Diffie-Hellman is ephemeral as well (RFC 5246 §7.4.3). */
function keyExchangeOf(kind: string): KeyExchange {
  if (kind === "") return "any";
  if (kind.startsWith("SRP")) return "srp";
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
  return kind === "SRP_SHA" ? "srp" : "rsa";
}

function bulkOf(right: string, kind: string): Pick<Suite, "cipher" | "bits"> {
  const cipher = right.replace(/_(MD5|SHA|SHA256|SHA384)$/, "");
  if (cipher === "NULL") return { cipher, bits: 0 };
  if (cipher.startsWith("3DES")) return { cipher, bits: 112 };
  if (cipher.startsWith("CHACHA20")) return { cipher, bits: 256 };
  if (/^(IDEA|SEED)/.test(cipher)) return { cipher, bits: 128 };
  if (cipher === "DES_CBC") return { cipher, bits: 56 };
  if (kind.includes("EXPORT") && cipher === "DES40_CBC") return { cipher, bits: 40 };
  return { cipher, bits: Number(/_(\d{2,3})(_|$)/.exec(cipher)?.[1] ?? 0) };
}

export const suites: readonly Suite[] = suiteTable.trim().split("\n").map(readSuite);

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
