/** What `chainmail scan --json` prints: one object for a target, or one with all of them. */

import { flawCode } from "../judge/flaws.ts";
import type { Finding } from "../model/finding.ts";
import type { Scan, VersionScan } from "../model/scan.ts";
import type { Verdict } from "../model/verdict.ts";
import { groupByCode } from "../protocols/tls/groups.ts";
import { isSafePrime, primeName } from "../protocols/tls/primes.ts";
import { sslv2KindByCode } from "../protocols/tls/sslv2.ts";
import { suiteByCode } from "../protocols/tls/suites.ts";
import { findingJson } from "../status/json/customer.ts";
import { certificateJson, sessionJson } from "../status/json/facts.ts";
import { placeJson } from "./probe-report.ts";
import type { Scanned } from "./scan-place.ts";
import type { ScannedSuiteJson, ScanTargetJson, ScanTargetsJson } from "./scan-schema.ts";

export function scanJson(
  target: string,
  { verdict, findings }: { readonly verdict: Verdict; readonly findings: readonly Finding[] },
  scanned: readonly Scanned[],
): ScanTargetJson | ScanTargetsJson {
  const [only, ...more] = scanned;
  if (only !== undefined && more.length === 0)
    return { ...targetJson(target, only), verdict, findings: findings.map(findingJson) };
  return {
    target,
    verdict,
    findings: findings.map(findingJson),
    targets: scanned.map((one) => targetJson(target, one)),
  };
}

function targetJson(target: string, scanned: Scanned): ScanTargetJson {
  const { observation, judgement, scan, other, flaws, grades, score } = scanned;
  const { outcome } = observation;
  return {
    ...placeJson(target, scanned),
    findings: judgement.findings.map(findingJson),
    tls: sessionJson(observation),
    certificate: certificateJson(outcome.kind === "encrypted" ? outcome.certificate : null),
    depth: scan?.depth ?? null,
    protocols: (scan?.versions ?? []).map(versionJson),
    groups: (scan?.groups ?? []).map(groupJson),
    dhPrimes: (scan?.primes ?? []).map(({ bits, prime }) => {
      return { bits, prime, known: primeName(prime), safe: isSafePrime(prime) };
    }),
    signatures: (scan?.signatures ?? []).map(hex),
    certificates: (scan?.certificates ?? []).map(({ sha256 }) => sha256),
    otherCertificate: other && certificateJson(other),
    flaws: flaws.map(({ name, result, detail }) => {
      return { name, code: flawCode(name) ?? `flaw.${name}`, result, detail: [...detail] };
    }),
    answering: scan?.answering ? { ...scan.answering, faces: [...scan.answering.faces] } : null,
    habits: scan && { ...scan.habits },
    score,
    grades: grades?.map((grade) => ({ ...grade, criteria: grade.criteria.map((each) => ({ ...each })) })) ?? null,
    mostSuites: scan?.mostSuites ?? null,
    connections: scan?.connections ?? 0,
    incomplete: incompleteOf(scan),
  };
}

function incompleteOf(scan: Scan | null): string | null {
  return scan === null ? "no hello could be sent" : scan.incomplete;
}

function versionJson(version: VersionScan): ScanTargetJson["protocols"][number] {
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

function groupJson(code: number): ScanTargetJson["groups"][number] {
  const group = groupByCode(code);
  return { code: hex(code), name: group?.name ?? null, bits: group?.bits ?? null, kind: group?.kind ?? null };
}

/** `0xC02F`. */
function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

export const targetsOf = (scan: ScanTargetJson | ScanTargetsJson) => ("targets" in scan ? scan.targets : [scan]);
