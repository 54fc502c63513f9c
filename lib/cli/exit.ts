/** Exit codes are a Nagios plugin's; wrong usage is sysexits' EX_USAGE. */

import type { Finding } from "../model/finding.ts";
import type { Verdict } from "../model/verdict.ts";

export type ExitCode = 0 | 1 | 2 | 3 | 64;

export const wrongUsage: ExitCode = 64;
/** Nothing could be found out: to a plugin `unknown`. */
export const unavailable: ExitCode = 3;

/** 0 secure, 1 warning (also `secure` with a finding of severity warning), 2 critical (also any with such a finding), 3 unknown or stale. */
export function exitCode(verdict: Verdict, findings: readonly Finding[]): ExitCode {
  const isCritical = findings.some(({ severity }) => severity === "critical");
  switch (verdict) {
    case "lost":
      return 2;
    case "weak":
    case "unverified":
      return isCritical ? 2 : 1;
    case "unknown":
    case "stale":
      return 3;
    case "secure":
      if (isCritical) return 2;
      return findings.some(({ severity }) => severity !== "info") ? 1 : 0;
  }
}
