/** What is wrong in a customers file, so that the person who wrote it can mend it. */

export interface InputProblem {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** `customers[3].downstream[0].port`; of a CSV file the column's name. Empty for the file as a whole. */
  readonly field: string;
  /** As written; null when nothing stands there. */
  readonly value: string | null;
  /** What was expected, or what is wrong: `expected a port, 1 to 65535`. */
  readonly message: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

const longestShown = 80;

/** `customers.yaml:12:40: customers[3].downstream[0].port: '99999': expected a port, 1 to 65535`. */
export function describeProblem({ file, line, column, field, value, message }: InputProblem): string {
  const parts = [`${file}:${line}:${column}`, field, value === null ? "" : `'${value}'`, message];
  return parts.filter((part) => part !== "").join(": ");
}

/** A value as it is shown in a sentence: on one line, escaped, not endless. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return plain.length > longestShown ? `${plain.slice(0, longestShown)}…` : plain;
}

/** `["customers", 3, "downstream", 0]` → `customers[3].downstream[0]`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === "number") return `${name}[${step}]`;
    return name === "" ? String(step) : `${name}.${String(step)}`;
  }, "");
}

/** `; did you mean 'tlsMode'?`, or nothing when none of `known` is near. */
export function suggestion(written: string, known: readonly string[]): string {
  const near = known
    .map((word) => ({ word, distance: distance(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? "" : `; did you mean '${near.word}'?`;
}

/** Levenshtein's; words longer than any key are far from all of them. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
