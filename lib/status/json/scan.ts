/** What a scan found, for the API, the pages and the command line. */

import { flawCode } from "../../judge/flaws.ts";
import type { Grade } from "../../judge/grades/grade.ts";
import { type FlawSeen, type Scan, signaturesUsed, type VersionScan } from "../../model/scan.ts";
import { groupByCode } from "../../protocols/tls/groups.ts";
import { isSafePrime, primeName } from "../../protocols/tls/primes.ts";
import { signatureName } from "../../protocols/tls/signatures.ts";
import { sslv2KindByCode } from "../../protocols/tls/sslv2.ts";
import { suiteByCode } from "../../protocols/tls/suites.ts";
import type { InventoryJson, ScannedSuiteJson } from "./scan-schemas.ts";

/** A scan and what it is worth. */
export interface GradedScan {
  /** Null where no hello could be sent. */
  readonly scan: Scan | null;
  readonly flaws: readonly FlawSeen[];
  readonly grades: readonly Grade[] | null;
  readonly score: number | null;
}

/** `isSafe`: of a prime in hex; null where it isn't found out. */
export function inventoryJson(
  { scan, flaws, grades, score }: GradedScan,
  isSafe: (prime: string) => boolean | null = isSafePrime,
): InventoryJson {
  return {
    depth: scan?.depth ?? null,
    protocols: (scan?.versions ?? []).map(versionJson),
    groups: (scan?.groups ?? []).map(groupJson),
    dhPrimes: (scan?.primes ?? []).map(({ bits, prime }) => {
      return { bits, prime, known: primeName(prime), safe: isSafe(prime) };
    }),
    signatures: (scan?.signatures ?? []).map(hex),
    signatureSchemes: scan === null ? [] : schemesJson(scan),
    certificates: (scan?.certificates ?? []).map(({ sha256 }) => sha256),
    flaws: flaws.map(({ name, result, detail }) => {
      return { name, code: flawCode(name) ?? `flaw.${name}`, result, detail: [...detail] };
    }),
    habits: scan && { ...scan.habits },
    score,
    grades: grades?.map((grade) => ({ ...grade, criteria: grade.criteria.map((each) => ({ ...each })) })) ?? null,
    mostSuites: scan?.mostSuites ?? null,
    extensions: scan && !scan.withoutExtensions,
    connections: scan?.connections ?? 0,
    throttled: scan?.throttled ? scan.incomplete : null,
    incomplete: scan === null ? "no hello could be sent" : scan.incomplete,
  };
}

function versionJson(version: VersionScan): InventoryJson["protocols"][number] {
  const { name, accepted, preference, instead, strayed, incomplete } = version;
  const suites = version.suites.map((code) => (name === "SSLv2" ? kindJson(code) : suiteJson(code)));
  return { name, accepted, suites, preference, instead, strayed, incomplete };
}

function suiteJson(code: number): ScannedSuiteJson {
  const suite = suiteByCode(code);
  return {
    code: hex(code),
    iana: suite?.iana ?? null,
    openssl: suite?.openssl ?? null,
    bits: suite?.bits ?? null,
    keyExchange: suite?.keyExchange ?? null,
    authentication: suite?.authentication ?? null,
    cipher: suite?.cipher ?? null,
    integrity: suite?.integrity ?? null,
    forwardSecret: suite?.forwardSecret ?? null,
    export: suite?.exportGrade ?? null,
  };
}

function kindJson(code: number): ScannedSuiteJson {
  const kind = sslv2KindByCode(code);
  return {
    code: hex(code),
    iana: kind?.name ?? null,
    openssl: kind?.openssl ?? null,
    bits: kind?.bits ?? null,
    keyExchange: "rsa",
    authentication: "rsa",
    cipher: null,
    integrity: null,
    forwardSecret: false,
    export: kind === undefined ? null : kind.name.includes("EXPORT"),
  };
}

function groupJson(code: number): InventoryJson["groups"][number] {
  const group = groupByCode(code);
  return { code: hex(code), name: group?.name ?? null, bits: group?.bits ?? null, kind: group?.kind ?? null };
}

function schemesJson(scan: Scan): NonNullable<InventoryJson["signatureSchemes"]> {
  const used = signaturesUsed(scan);
  const codes = [...new Set(used.flatMap(({ signatures }) => signatures))].sort((a, b) => a - b);
  return codes.map((code) => ({
    code: hex(code),
    name: signatureName(code),
    versions: used.filter(({ signatures }) => signatures.includes(code)).map(({ version }) => version),
  }));
}

/** `0xC02F`. */
function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
