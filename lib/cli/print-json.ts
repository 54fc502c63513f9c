/** How commands print with `--json`. */

import type { Io } from "./io.ts";

/** One value, indented. What could steer a terminal is written `\uNNNN`, which a JSON reader takes for the same. */
export function printJson(value: unknown, { stdout }: Pick<Io, "stdout">): void {
  const text = JSON.stringify(value, null, 2).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) =>
    char === "\n" ? char : escaped(char),
  );
  stdout.write(`${text}\n`);
}

function escaped(char: string): string {
  const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
