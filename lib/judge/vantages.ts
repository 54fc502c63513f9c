/**
 * One target as several vantages see it. Each look is a row of its own; together they say what the target is worth to
 * the hop: what answered counts before what did not, and it is lost where it is lost from everywhere.
 */

import type { TargetStatus } from "../model/status.ts";
import { finding } from "./findings.ts";

export interface Together {
  readonly rows: readonly TargetStatus[];
  /** `starttls.partial`: lost from some vantages and not from others. */
  readonly findings: ReturnType<typeof finding>[];
}

/** `rows` are of one target, one for each vantage. */
export function together(rows: readonly TargetStatus[]): Together {
  if (rows.length < 2) return { rows, findings: [] };
  const answered = rows.filter(({ counts, verdict }) => counts && verdict !== "unknown" && verdict !== "stale");
  if (answered.length === 0) return { rows: withoutStrangers(rows), findings: [] };
  const lost = answered.filter(({ verdict }) => verdict === "lost");
  const isPartial = lost.length > 0 && lost.length < answered.length;
  const counting = new Set(isPartial ? answered.filter((row) => !lost.includes(row)) : answered);
  return {
    rows: rows.map((row) => (counting.has(row) ? row : { ...row, counts: false })),
    findings: isPartial ? [finding("starttls.partial", answered.map(seenFrom))] : [],
  };
}

function seenFrom({ key, vantage, verdict }: TargetStatus): string {
  return `${key} from ${vantage}: ${verdict === "lost" ? "in clear" : "encrypted"}`;
}

/** Who has an older answer counts before who never had one. */
function withoutStrangers(rows: readonly TargetStatus[]): readonly TargetStatus[] {
  if (!rows.some(({ counts, verdict }) => counts && verdict === "stale")) return rows;
  return rows.map((row) => (row.verdict === "stale" ? row : { ...row, counts: false }));
}
