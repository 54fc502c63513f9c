/** What a target accepts besides what a modern sender gets, put to its verdict. It counts where the floor says so, and is told in any case. */

import type { Floor } from "../model/customer.ts";
import type { ScanResult } from "../model/deep-scan.ts";
import type { Finding } from "../model/finding.ts";
import type { Observation } from "../model/observation.ts";
import type { TargetJudgement } from "../model/verdict.ts";
import { acceptedFindings } from "./accepted.ts";
import { leavesOf } from "./grades/leaves.ts";

/** Without TLS there is nothing besides. */
export function withBesides(
  judged: TargetJudgement,
  result: ScanResult | undefined,
  facts: Observation,
  floor: Floor,
): TargetJudgement {
  if (!result?.scan || judged.encryption === "none" || judged.encryption === "unknown") return judged;
  const known = new Set(judged.findings.map(({ code }) => code));
  const accepted = besidesOf(result, facts, floor);
  const findings = [...judged.findings, ...accepted.filter(({ code }) => !known.has(code))];
  const isWeak = floor.acceptsNothingBelow === true && accepted.some(countsBelow);
  return isWeak ? { ...judged, verdict: "weak", encryption: "weak", findings } : { ...judged, findings };
}

export function besidesOf(
  { scan, sslv2Elsewhere = [] }: ScanResult,
  facts: Observation,
  floor: Floor,
): readonly Finding[] {
  if (scan === null) return [];
  const shown = facts.outcome.kind === "encrypted" ? facts.outcome.certificate?.leaf.sha256 : undefined;
  const others = leavesOf(scan, facts.outcome).filter(({ sha256 }) => sha256 !== shown);
  return acceptedFindings(scan, floor, others, { observation: facts, sslv2Elsewhere });
}

/** Notes aren't below anybody's floor. */
export function countsBelow({ severity }: Finding): boolean {
  return severity !== "info";
}
