/**
 * What an operator may set with `cdk deploy -c KEY=VALUE` (or in cdk.json's `context`), checked before anything is built.
 * All are optional; docs/aws.md has the table.
 */

import * as z from "zod";
import { duration, ehloName, resolverAddress } from "../cli/options.ts";
import { InputError } from "../model/input-error.ts";

export interface StackSettings {
  /** Also what `chainmail --stack NAME` takes: the tables are called NAME-config, NAME-state, NAME-ledger. */
  readonly stackName: string;
  readonly alertEmail: readonly string[];
  /** E.164. */
  readonly alertSms: readonly string[];
  /** Second contacts: told of what nobody acknowledged in time. */
  readonly escalateEmail: readonly string[];
  /** E.164. */
  readonly escalateSms: readonly string[];
  /** The interval between two looks: whole minutes. */
  readonly everyMs: number;
  /** Null: the probe says its address literal. */
  readonly ehlo: string | null;
  /** Empty: the resolver of the Lambda environment. */
  readonly resolvers: readonly string[];
}

const minute = 60_000;
const hour = 60 * minute;
const everyText = duration(minute, hour);

const mail = /^[^\s<>@,\p{C}]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/iu;
const e164 = /^\+[1-9]\d{6,14}$/;
const stackNameText = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

const schema = z.object({
  stackName: z
    .string()
    .regex(stackNameText, "expected a letter, then up to 63 letters, digits and dashes")
    .default("Chainmail"),
  alertEmail: addresses(),
  alertSms: numbers(),
  escalateEmail: addresses(),
  escalateSms: numbers(),
  every: z.string().default("5m").transform(parsedBy(wholeMinutes)),
  ehlo: z.string().transform(parsedBy(ehloName)).nullable().default(null),
  resolver: list("addresses like 192.0.2.53 or [2001:db8::53]:5353, separated by commas", accepts(resolverAddress)),
});

/** @param context every key that CDK knows of, its own feature flags and look-ups included. Throws {@link InputError} that names all faults. */
export function readContext(context: Readonly<Record<string, unknown>>): StackSettings {
  const ours = Object.fromEntries(Object.entries(context).filter(([key]) => looksLikeOurs(key)));
  const faults = Object.keys(ours).filter(isUnknown).map(unknownKey);
  const parsed = schema.safeParse(ours);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => fault(ours, issue)));
  if (!parsed.success || faults.length > 0) throw new InputError(faults.join("\n"));
  const { every, resolver, ...same } = parsed.data;
  return { ...same, everyMs: every, resolvers: resolver };
}

/** CDK's own keys have a colon, a slash, an at sign, a dash or an equals sign in them. */
function looksLikeOurs(key: string): boolean {
  return /^\w+$/.test(key);
}

function isUnknown(key: string): boolean {
  return !(key in schema.shape);
}

function unknownKey(key: string): string {
  const known = Object.keys(schema.shape).join(", ");
  return `context '${key}': there is no such key; expected one of ${known}`;
}

function fault(ours: Readonly<Record<string, unknown>>, { path, message, code }: z.core.$ZodIssue): string {
  const key = String(path[0]);
  const expected = code === "invalid_type" ? "expected text" : message;
  return `context '${key}': ${JSON.stringify(ours[key])}: ${expected}`;
}

function addresses() {
  return list("mail addresses like ops@example.com, separated by commas", (text) => mail.test(text));
}

function numbers() {
  return list("phone numbers like +4915112345678 (E.164), separated by commas", (text) => e164.test(text));
}

/** One or several values in one text, as `-c` can only carry text. */
function list(expected: string, isRight: (text: string) => boolean) {
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

function wholeMinutes(text: string): number {
  const ms = everyText(text);
  if (ms % minute !== 0) throw new Error("expected whole minutes from 1m to 1h, like 5m.");
  return ms;
}

/** The command line's own parsers throw; here what they say becomes the issue. */
function parsedBy<T>(parse: (text: string) => T) {
  return (text: string, problems: { addIssue(issue: { code: "custom"; message: string }): void }): T => {
    try {
      return parse(text);
    } catch (error) {
      problems.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  };
}

function accepts(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}
