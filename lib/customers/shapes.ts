/** What the schemas of the customers file are made of. */

import * as z from "zod";
import { durationPattern, idPattern, type Read, readDuration } from "./values.ts";

// Every message says what was expected, so that it can stand behind the value: "'x': expected …".

export function text(expected: string, pattern: RegExp) {
  return z.string({ error: expected }).regex(pattern, { error: expected, abort: true });
}

export function whole(expected: string, least: number, most: number) {
  return z.int({ error: expected }).min(least, { error: expected }).max(most, { error: expected });
}

/** Text that `read` understands; its own words say what was expected. */
export function readable(expected: string, read: (value: string) => Read<unknown>) {
  return z.string({ error: expected }).check(({ value, issues }) => {
    const result = read(value);
    if ("expected" in result) issues.push({ code: "custom", message: result.expected, input: value });
  });
}

export function oneOf<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` });
}

export function list<T extends z.ZodType>(entry: T, of: string) {
  return z.array(entry, { error: `a list of ${of}` });
}

/** A strict object; `of` says what was expected, and the message of an unknown key lists those that are known. */
export function fields<T extends z.ZodRawShape>(of: string, shape: T, alsoKnown: readonly string[] = []) {
  const known = [...Object.keys(shape), ...alsoKnown].join(", ");
  return z.strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? known : of) });
}

export const id = text("1 to 64 letters, digits, '.', '_' or '-' (in quotes, if it is a number)", idPattern);
export const duration = text("a duration like 30s, 10m, 6h or 1d", durationPattern).refine(
  (value) => "value" in readDuration(value),
  {
    error: "a duration like 30s, 10m, 6h or 1d",
  },
);
