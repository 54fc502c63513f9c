/** All that a step may ask of the outside world. Handed in; tests hand in their own. */

import type { Duplex } from "node:stream";
import type { AlertEvent } from "./alert-event.ts";
import type { DnsFailure } from "./domain-facts.ts";
import type { Silence } from "./observation.ts";

/** Epoch ms. */
export type Clock = () => number;

/** Clocks of several machines differ by as much, ms: what is dated later was dated by one that was ahead, and has been set right. */
export const clockSkewMs = 60_000;

export type DnsType = "A" | "AAAA" | "MX" | "CNAME" | "PTR" | "TXT" | "TLSA";

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds, as sent. */
  readonly ttl: number;
  /** The codec's value: text for A, AAAA, CNAME and PTR; `{ preference, exchange }` for MX. */
  readonly data: unknown;
}

export type DnsAnswer =
  /** `records` holds the answer section, CNAME records included; empty for NODATA. */
  | { readonly kind: "answer"; readonly records: readonly DnsRecord[]; readonly ttl: number }
  | { readonly kind: "failed"; readonly reason: DnsFailure; readonly ttl: number };

/** Never rejects: what failed is told in the answer. */
export type Resolver = (name: string, type: DnsType) => Promise<DnsAnswer>;

export interface DialRequest {
  readonly address: string;
  readonly port: number;
  readonly allowPrivate: boolean;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

export type DialResult =
  | { readonly kind: "connected"; readonly socket: Duplex; readonly localAddress: string }
  /** The address or port must not be dialled; no socket was opened. */
  | { readonly kind: "forbidden"; readonly range: string }
  | { readonly kind: "failed"; readonly silence: Silence };

/** Opens a TCP connection to the very address given (no second lookup). Never rejects. */
export type Dialler = (request: DialRequest) => Promise<DialResult>;

/** One message to one recipient over one channel. */
export interface Letter {
  /** `console`, `file`, `smtp`, `webhook`, `sns`, … */
  readonly to: string;
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly sms: string;
  /** For filter policies and machines; several values where it tells of several things. */
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  /** The same as one JSON value, for machines. */
  readonly event: AlertEvent;
}

export type Delivery =
  | { readonly kind: "sent" }
  | { readonly kind: "later"; readonly why: string }
  | { readonly kind: "never"; readonly why: string };

/** Delivers once; the outbox retries. Never rejects. */
export interface Channel {
  /** Shown in `to` of an alert: `console`, `smtp:it@acme.example`, `sns:operators`. */
  readonly name: string;
  /** A message counts as sent before it is delivered: what a crash or a time-out swallows is lost, and none comes twice. */
  readonly claimsFirst?: true;
  /** Takes each message alone, however many there are: a machine, a file, this terminal. Others get a digest of what is too much. */
  readonly unpaced?: true;
  /** Those behind it choose by customer: what concerns one customer never stands in a digest beside another's. */
  readonly byCustomer?: true;
  deliver(letter: Letter): Promise<Delivery>;
}

/** Keeps one line for each message, whoever and however many it went to. Never rejects. */
export interface AlertLog {
  append(event: Readonly<Record<string, unknown>>): Promise<Delivery>;
}
