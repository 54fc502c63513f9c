/** Values of the context, which `-c KEY=VALUE` can only carry as text, and the sentences for those that aren't right. */

import * as z from "zod";

/** One or several values in one text, separated by commas. */
export function list(expected: string, isRight: (text: string) => boolean) {
  return z
    .string()
    .default("")
    .transform((text, problems) => {
      const values = text.split(",").map((part) => part.trim());
      if (text.trim() === "") return [];
      for (const value of values.filter((value) => !isRight(value)))
        problems.addIssue({ code: "custom", message: `'${value}' isn't right: expected ${expected}` });
      return values;
    });
}

export function oneOf<const T extends string>(values: readonly [T, ...T[]]) {
  return z.enum(values, { error: `expected ${words(values)}` });
}

/** `true` or `false`: text, or JSON's own in cdk.json. */
export function flag(byDefault = false) {
  return z
    .union([z.boolean(), z.enum(["true", "false"])], { error: "expected true or false" })
    .default(byDefault)
    .transform((value) => value === true || value === "true");
}

/** A whole number, as text or as JSON's own. */
export function count(least: number, most: number) {
  const error = `expected a whole number from ${least} to ${most}`;
  return z
    .union([z.number(), z.string()], { error })
    .refine((value) => /^\d{1,9}$/.test(String(value)), { error })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error });
}

/** One of the numbers that AWS takes, as text or as JSON's own. */
export function oneOfNumbers(values: readonly number[]) {
  const error = `expected one of ${values.join(", ")}`;
  return z
    .union([z.number(), z.string()], { error })
    .transform(Number)
    .refine((value) => values.includes(value), { error });
}

/** Text of a shape, or nothing. */
export function optionalText(shape: RegExp, expected: string) {
  return z
    .string()
    .regex(shape, { error: `expected ${expected}` })
    .nullable()
    .default(null);
}

/** The command line's own parsers throw; here what they say becomes the issue. */
export function parsedBy<T>(parse: (text: string) => T) {
  return (text: string, problems: { addIssue(issue: { code: "custom"; message: string }): void }): T => {
    try {
      return parse(text);
    } catch (error) {
      problems.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  };
}

export function accepts(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}

function words(values: readonly string[]): string {
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
