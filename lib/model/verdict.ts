/** The words a person sees, and the three axes behind them. */

import type { Finding } from "./finding.ts";

/** Worst first: the order in which the worst of several is taken. */
export const verdicts = ["lost", "weak", "unverified", "unknown", "stale", "secure"] as const;
export type Verdict = (typeof verdicts)[number];

export type Encryption = "none" | "weak" | "strong" | "unknown";

/** Who the server proved to be, or why it didn't. */
export type Authentication =
  | "pkix"
  | "dane"
  | "pinned"
  | "anonymous"
  | "self-signed"
  | "untrusted"
  | "name-mismatch"
  | "expired"
  | "not-yet-valid"
  | "unknown";

/** Who is told to insist on TLS. */
export type Enforcement = "nobody" | "configured" | "mta-sts" | "dane" | "unknown";

/** What one target is worth under one hop's requirement. */
export interface TargetJudgement {
  readonly verdict: Verdict;
  readonly encryption: Encryption;
  readonly authentication: Authentication;
  readonly findings: readonly Finding[];
}

export function worst(all: readonly Verdict[]): Verdict | undefined {
  return verdicts.find((verdict) => all.includes(verdict));
}
