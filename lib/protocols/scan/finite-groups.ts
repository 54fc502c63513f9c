/**
 * The finite fields of versions up to TLS 1.2. A server may take the prime that the client's groups name (RFC 7919), and
 * have another, often smaller one for clients that name none: both are asked for.
 */

import type { Chosen } from "../tls/flight.ts";
import { groupByName } from "../tls/groups.ts";
import { olderGroups } from "../tls/hello.ts";
import { primeName } from "../tls/primes.ts";
import { suiteByCode } from "../tls/suites.ts";
import type { Answer, Inquiry } from "./question.ts";

/** The published prime of a group that a hello can name; null: another, or none. */
export function finiteGroupOf({ key: { prime }, told }: Chosen): number | null {
  if (told !== undefined) return told.field;
  const name = prime === null ? null : primeName(Buffer.from(prime).toString("hex"));
  return name?.startsWith("ffdhe") ? (groupByName(name)?.code ?? null) : null;
}

/** What a client offers that names no finite field. */
export const withoutFinite: readonly number[] = olderGroups.filter((code) => !isField(code));

/**
 * The groups that it takes from the client's, of those that were `shown` by a prime and others; none where its prime is
 * the same whatever is offered. Of those `known` from TLS 1.3 none is asked for again, nor is what the `first` answer
 * tells, of a question that offered all but these.
 */
export function* finiteGroupsOf(
  version: number,
  suites: readonly number[],
  shown: readonly number[],
  known: readonly number[],
  first: Answer | null = null,
): Inquiry<readonly number[]> {
  const some = suites.filter(isDhe);
  if (shown.length === 0 || some.length === 0) return [];
  const found: number[] = [];
  for (let heard = first; ; heard = null) {
    const struck = [...shown, ...known, ...found];
    const groups = olderGroups.filter((code) => !struck.includes(code) || !isField(code));
    const answer = heard ?? (yield { version, fallback: false, suites: some, groups, keyShare: false });
    if (answer.kind === "unasked") return found;
    const code = answer.kind === "chosen" ? finiteGroupOf(answer) : null;
    if (code === null) return [...shown, ...found];
    if (struck.includes(code)) return found.length > 0 ? [...shown, ...found] : [];
    found.push(code);
  }
}

export const isDhe = (code: number): boolean => suiteByCode(code)?.keyExchange === "dhe";

function isField(code: number): boolean {
  return code >= 256 && code < 512;
}
