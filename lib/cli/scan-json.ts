/** What `chainmail scan --json` prints: one object for a target, or one with all of them. */

import type { Finding } from "../model/finding.ts";
import type { Verdict } from "../model/verdict.ts";
import { findingJson } from "../status/json/customer.ts";
import { certificateJson, sessionJson } from "../status/json/facts.ts";
import { inventoryJson } from "../status/json/scan.ts";
import { placeJson } from "./probe-report.ts";
import type { Scanned } from "./scan-place.ts";
import type { ScanTargetJson, ScanTargetsJson } from "./scan-schema.ts";

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
  const { observation, judgement, scan, other } = scanned;
  const { outcome } = observation;
  return {
    ...placeJson(target, scanned),
    findings: judgement.findings.map(findingJson),
    tls: sessionJson(observation),
    certificate: certificateJson(outcome.kind === "encrypted" ? outcome.certificate : null),
    ...inventoryJson(scanned),
    otherCertificate: other && certificateJson(other),
    ...(scan?.connectionsFor && { connectionsFor: { ...scan.connectionsFor } }),
    answering: scan?.answering ? { ...scan.answering, faces: [...scan.answering.faces] } : null,
  };
}

export const targetsOf = (scan: ScanTargetJson | ScanTargetsJson) => ("targets" in scan ? scan.targets : [scan]);
