/** Which outcomes are a server's own word, and which are silence (design rules 2 and 3). */

import type { Outcome, TlsFacts } from "../model/observation.ts";
import type { CycleMark } from "../model/roster.ts";

/** The outcomes in which the server said whether it speaks TLS. */
export type Answer = Extract<
  Outcome,
  { kind: "encrypted" | "starttls-absent" | "starttls-refused" | "handshake-failed" }
>;

/**
 * True when the server's own word settles whether mail would be encrypted: such a look becomes the target's facts.
 * All else (4xx, 5xx to us, 454, resets, silence, addresses we refuse to dial) says nothing about TLS.
 */
export function isAnswer(outcome: Outcome): outcome is Answer {
  switch (outcome.kind) {
    case "encrypted":
    case "starttls-absent":
    case "starttls-refused":
    case "handshake-failed":
      return true;
    case "forbidden":
    case "no-answer":
    case "refused-by-policy":
    case "temporarily-refused":
    case "not-smtp":
    case "too-much":
    case "starttls-not-now":
    case "handshake-broken":
      return false;
  }
}

/** A suite that was agreed and doesn't encrypt (RFC 5246 §A.5, `*_WITH_NULL_*`). */
export function isNullCipher(tls: TlsFacts): boolean {
  return tls.bits === 0 || /(^|[-_])NULL([-_]|$)/.test(tls.cipher) || /_WITH_NULL_/.test(tls.iana);
}

/** The two bits that the ledger keeps of one look. */
export function markOf(outcome: Outcome): CycleMark {
  if (!isAnswer(outcome)) return outcome.kind === "forbidden" ? "not-tried" : "no-answer";
  return outcome.kind === "encrypted" && !isNullCipher(outcome.tls) ? "tls" : "clear";
}
