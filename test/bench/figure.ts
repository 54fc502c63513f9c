/** One line of the bench's table. */
export interface Figure {
  readonly what: string;
  /** What was measured, in words with units. */
  readonly measured: string;
  readonly bound: string;
  /** Null: it could not be measured here, `measured` says why. */
  readonly kept: boolean | null;
}

/** @example atMost("CPU", 0.93 / 1.4, 0.65, "×", "0.93 ms : 1.40 ms") */
export function atMost(what: string, value: number, bound: number, unit: string, detail = ""): Figure {
  const measured = `${rounded(value)} ${unit}${detail === "" ? "" : ` (${detail})`}`;
  return { what, measured, bound: `≤ ${bound} ${unit}`, kept: value <= bound };
}

export function notMeasured(what: string, why: string): Figure {
  return { what, measured: why, bound: "–", kept: null };
}

/** Three figures are more than a bench can promise. */
function rounded(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function asTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, bound, kept }) => [
    what,
    measured,
    bound,
    kept === null ? "–" : kept ? "yes" : "NO",
  ]);
  return [["figure", "measured", "bound", "kept"], ["---", "---", "---", "---"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
