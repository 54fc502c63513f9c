/** One judged fact. The table of all codes stands in `judge/findings.ts`. */

export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

export interface Finding {
  /** Stable and documented in docs/findings.md, e.g. `starttls.absent`. */
  readonly code: string;
  readonly severity: Severity;
  /** The lines or values that show it. From the wire: escape where shown. */
  readonly evidence: readonly string[];
  /** What happens to the mail. */
  readonly consequence: string;
  /** One sentence that a mail administrator can follow. */
  readonly advice: string;
}
