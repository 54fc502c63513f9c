/** A letter's text in the pieces that a card is made of, and no more of it than a card can hold. */

import type { Letter } from "../../model/ports.ts";
import { visible } from "../../protocols/printable.ts";

const longestLine = 400;

export interface Pieces {
  /** What is so, in a sentence or two. */
  readonly statement: string;
  /** The rest without the link, line by line. */
  readonly body: readonly string[];
}

/** Lines of visible characters, as many as `budget` pays for at `cost` each; the last one says when there are more. */
export function piecesOf({ text, event }: Letter, budget: number, cost: (line: string) => number): Pieces {
  const [statement = "", ...lines] = text.split("\n", 1000).map((line) => oneLine(line, longestLine));
  const body = trimmed(lines.filter((line) => line !== event.url));
  let left = budget - cost(cutMark);
  const fitting = body.findIndex((line) => {
    left -= cost(line);
    return left < 0;
  });
  return { statement, body: fitting < 0 ? body : [...body.slice(0, fitting), cutMark] };
}

const cutMark = "... (the page has the rest)";

/** What came from anywhere as one line of at most `max` characters: control and invisible ones are written out. */
export function oneLine(text: string, max: number): string {
  const shown = visible(text.slice(0, max));
  // Half of a surrogate pair is no character.
  return shown.length > max ? `${shown.slice(0, max - 3).replace(/[\ud800-\udbff]$/, "")}...` : shown;
}

function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, last + 1);
}
