/** A customers file in pieces: what every reader (YAML, JSON, CSV) yields. */

import type { InputProblem, Place } from "./problem.ts";

/** A part of the file: its value, and where each piece of it stands. */
export interface Part {
  /** Path of the part in the file: `[]` for the head, `["customers", 3]`. */
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  /** Where the value at `path` within the part stands, or its key; the nearest that exists, where it doesn't. */
  place(path: readonly PropertyKey[], what: "value" | "key"): Place;
}

export type Piece =
  /** The file without its customers. `hasCustomers`: false where it is an object without that key. */
  | { readonly kind: "head"; readonly part: Part; readonly hasCustomers: boolean }
  | { readonly kind: "customer"; readonly part: Part }
  /** A stretch of the file that can't be read at all. */
  | { readonly kind: "problem"; readonly problem: Omit<InputProblem, "file"> };

export function customerPiece(index: number, value: unknown, place: Part["place"]): Piece {
  return { kind: "customer", part: { path: ["customers", index], value: withoutEmpty(value), place } };
}

export function headPiece(root: unknown, place: Part["place"], hasCustomers: boolean): Piece {
  const { customers: _, ...rest } = isRecord(root) ? root : {};
  const value = isRecord(root) ? withoutEmpty(rest) : root;
  return { kind: "head", part: { path: [], value, place }, hasCustomers: hasCustomers || !isRecord(root) };
}

export function problemPiece(place: Place, field: string, message: string): Piece {
  return { kind: "problem", problem: { ...place, field, value: null, message } };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A key with nothing behind it is as good as left out. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([key, field]) => [key, withoutEmpty(field)]));
}

/** Line and column of an offset in `text`, both from 1. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
