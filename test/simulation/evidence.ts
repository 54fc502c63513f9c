/** What really happened in one history, kept beside the machine and not by it: what the oracle goes by. */

import type { Alert, IncidentClass } from "../../lib/model/incident.ts";
import type { Place } from "./crowd.ts";
import type { Members } from "./ring.ts";

/** The mailbox of the customer whose own the first target is. */
export const contactName = "contact";

/** The one who is told of it when nobody acknowledged it in time. */
export const secondName = "contact-second";
/** The operator who is told of what nobody acknowledged in time. */
export const nightName = "box-night";
/** Of customers, and of nobody who has to do with all of them. */
export const isContact = (name: string): boolean => name.startsWith(contactName);
/** The channel that claims first. */
export const phoneName = "box-phone";

export type Mode = "good" | "plain" | "weak" | "silent" | "not-now";

/** One connection to a server. */
export interface Look {
  readonly subject: string;
  readonly vantage: string;
  readonly at: number;
  readonly cycle: number;
  readonly round: number;
  readonly mode: Mode;
  /** It brought no facts, since the job took them for known. */
  readonly isSame: boolean;
}

/** One try of the judge at one look; `end` stays null where it died or failed. */
export interface Hearing {
  readonly look: Look;
  readonly begin: number;
  /** What the job took for known isn't what was brought last: such a look may say nothing. */
  readonly isStale: boolean;
  /** Its vantage had a vote. */
  readonly mayVote: boolean;
  end: number | null;
}

/** Of looks at one subject: in the order in which they came to the judge, and in that in which they were made. */
interface Tries {
  readonly inTurn: Hearing[];
  readonly byLook: Hearing[];
}

/** Writes it down. */
export function hear({ hearings, tries }: Evidence, hearing: Hearing): void {
  const { subject, at } = hearing.look;
  const own = tries.get(subject) ?? { inTurn: [], byLook: [] };
  tries.set(subject, own);
  own.inTurn.push(hearing);
  own.byLook.splice(own.byLook.findLastIndex(({ look }) => look.at <= at) + 1, 0, hearing);
  hearings.push(hearing);
}

/** A message that the machine came to owe, as it was first written. */
export interface Claim {
  readonly alert: Alert;
  readonly writtenAt: number;
  readonly isDigest: boolean;
}

/** One message as one recipient got it. A digest is one for each incident in it. */
interface Received {
  readonly to: string;
  /** Incident and number: `CM-7F3A2B·1`. */
  readonly id: string;
  readonly at: number;
  /** When the pass began that brought it. */
  readonly passFrom: number;
  /** The number of the letter that it stood in. */
  readonly letter: number;
  /** Customers of the ring that the letter names. */
  readonly names: readonly string[];
}

/** Who is told of what nobody acknowledged in time. */
export interface Second {
  readonly name: string;
  readonly afterMs: number;
  /** What is told to it; null: everything. */
  readonly subjects: ReadonlySet<string> | null;
}

/** Who is told for whom of what several customers share, from a moment on. */
export interface Membership {
  readonly at: number;
  /** When the roster had it for sure, epoch ms; null: not yet. */
  writtenAt: number | null;
  readonly members: ReadonlyMap<string, Members>;
}

/** A child that came to be told of by a parent. */
export interface Fold {
  readonly incident: string;
  readonly class: IncidentClass;
  readonly subject: string;
  /** Subject of the parent. */
  readonly parent: string;
  readonly at: number;
}

/** From when to when, epoch ms. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Evidence {
  readonly looks: Look[];
  readonly hearings: Hearing[];
  /** The same ones by subject. */
  readonly tries: Map<string, Tries>;
  readonly claims: Claim[];
  readonly received: Received[];
  /** What became of the store's causes against its promises, as it was seen. */
  readonly breaches: string[];
  /** When a subject was taken off the roster, epoch ms. */
  readonly dropped: { readonly subject: string; readonly at: number }[];
  /** Recipients of each subject's messages. */
  readonly recipients: ReadonlyMap<string, readonly string[]>;
  readonly vantages: readonly string[];
  /** Who is told beside them. */
  readonly hasPhone: boolean;
  readonly seconds: readonly Second[];
  /** The one customer's own server; null: several share it. */
  readonly ownSubject: string | null;
  /** Null: nobody knows who shares what. */
  readonly ring: { readonly tellsShared: boolean; readonly memberships: Membership[] } | null;
  /** When a vantage lost its vote or got it back, epoch ms. */
  readonly sights: { readonly vantage: string; readonly at: number; readonly isBlind: boolean }[];
  /** `recipient subject` pairs that refuse for ever. */
  readonly refused: Set<string>;
  /** Recipients that could not always be told at once: they failed, or their bucket was empty. */
  readonly hindered: Set<string>;
  readonly folds: Fold[];
  /** What each target shares with others; and in which network it stands. */
  readonly places: ReadonlyMap<string, Place>;
  /** When nobody wanted to be told of one server. */
  readonly quiet: { readonly subject: string; readonly spans: readonly Span[] } | null;
  /** What the operator said to what the breaker held, and when; when another build began to judge, epoch ms. */
  readonly decisions: { readonly at: number; readonly keeps: boolean }[];
  readonly upgrades: number[];
  /** When passes over the outboxes began, epoch ms. */
  readonly passes: number[];
  /** When somebody acknowledged an incident, epoch ms. */
  readonly acknowledged: { readonly incident: string; readonly at: number }[];
  /** Messages that a channel claimed before it took them, and when, epoch ms: nobody can know that one didn't arrive. */
  readonly claimed: { readonly id: string; readonly at: number }[];
  /** Messages that a channel which claims first was asked to take, and didn't. */
  unclaimed: number;
  /** Letters that were delivered. */
  letters: number;
  /** Alerts in the greatest message that anybody got. */
  greatest: number;
  /** Messages that were refused so. */
  readonly refusals: { readonly to: string; readonly at: number }[];
  /** Processes that died, calls of the store that failed under a sender, and answers of channels that were lost. */
  crashes: number;
  outages: number;
  lostReplies: number;
}

export function noEvidence(
  known: Pick<
    Evidence,
    "recipients" | "places" | "quiet" | "vantages" | "hasPhone" | "seconds" | "ownSubject" | "ring"
  >,
): Evidence {
  return {
    ...known,
    looks: [],
    hearings: [],
    tries: new Map(),
    claims: [],
    received: [],
    breaches: [],
    dropped: [],
    sights: [],
    refused: new Set(),
    hindered: new Set(),
    folds: [],
    decisions: [],
    upgrades: [],
    passes: [],
    acknowledged: [],
    claimed: [],
    unclaimed: 0,
    letters: 0,
    greatest: 1,
    refusals: [],
    crashes: 0,
    outages: 0,
    lostReplies: 0,
  };
}
