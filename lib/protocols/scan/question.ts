/** What is asked of a server with one connection, and what it answers. */

import type { ProtocolName } from "../../model/observation.ts";
import type { Chosen } from "../tls/flight.ts";
import { protocolByVersion } from "../tls/messages.ts";

/** As on the wire; SSLv2 has a hello of its own. */
export const versions = { ssl3: 0x0300, tls10: 0x0301, tls11: 0x0302, tls12: 0x0303, tls13: 0x0304 } as const;

/** The newest for what isn't in that list. */
export function nameOf(version: number): ProtocolName {
  return protocolByVersion(version) ?? "TLSv1.3";
}

export interface Question {
  /** The highest version offered. */
  readonly version: number;
  /** TLS 1.3: a lower version is offered along with it, as every real client does. */
  readonly fallback: boolean;
  readonly suites: readonly number[];
  readonly groups: readonly number[];
  /** TLS 1.3: with a key for X25519 or, without it, for the first group: for servers that can't ask for another hello, and where it shall be signed. */
  readonly keyShare: boolean;
  /** Code points of signature schemes, where not all are offered. */
  readonly signatures?: readonly number[];
  /** As hellos were before RFC 3546: what extensions would say is left unsaid. */
  readonly withoutExtensions?: boolean;
  /** A client that tries again with less would say so (RFC 7507): a server that could do more answers with an alert. */
  readonly fallbackScsv?: boolean;
}

export type Answer = Chosen | NoChoice;

export type NoChoice =
  /** The server's own word: an alert, or the end of the connection right behind the hello. */
  | { readonly kind: "refused"; readonly how: string }
  /** Nothing, or a reset: nobody knows whether it is a refusal. */
  | { readonly kind: "silent"; readonly how: string }
  /** An answer that isn't TLS. */
  | { readonly kind: "not-tls"; readonly how: string }
  /** It never came to the hello, and won't for now: we are refused, slowed down, or out of time. Says nothing of TLS. */
  | Unasked;

/** `elsewhere`: a machine without STARTTLS answered, and the next may be another. */
export interface Unasked {
  readonly kind: "unasked";
  readonly how: string;
  readonly elsewhere?: boolean;
}

/** TLS 1.3: how it is signed stands behind what only a key opens. */
export function isOfSignature({ version, keyShare, signatures }: Question): boolean {
  return version === versions.tls13 && keyShare && signatures !== undefined;
}

/** Asks, whatever comes next, until the answer of all is known. */
export type Inquiry<T> = Generator<Question, T, Answer>;

/** Runs an inquiry to its end, one connection after the other. */
export async function inquire<T>(inquiry: Inquiry<T>, ask: (question: Question) => Promise<Answer>): Promise<T> {
  let step = inquiry.next();
  while (!step.done) step = inquiry.next(await ask(step.value));
  return step.value;
}
