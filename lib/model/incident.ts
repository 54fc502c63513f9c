/** Causes, incidents, and the messages they owe. */

import type { Cover } from "./cover.ts";
import type { HopKind } from "./customer.ts";
import type { Finding, Severity } from "./finding.ts";

export const incidentClasses = [
  "cleartext",
  "weak",
  "unauthenticated",
  "unsatisfiable-policy",
  "expiring",
  "unreachable",
  "temporarily-unavailable",
  "blind",
  "deaf",
  "mass-change",
] as const;
export type IncidentClass = (typeof incidentClasses)[number];

/** The finding of a `deaf` contact that is so by its reader's own wish. */
export const unsubscribedCode = "contact.unsubscribed";

export type CauseState = "clear" | "suspected" | "open" | "recovering";

/** How a cause shows: at every answer, at some of them (`starttls.intermittent`), or from some vantages only. */
export type CauseForm = "steady" | "intermittent" | "partial";

/** What one vantage got in one round of one cycle, as far as this cause is concerned. */
export interface Vote {
  /** Epoch ms. */
  readonly at: number;
  readonly cycle: number;
  /** 0 for the cycle's own look, 1–3 for confirmations. */
  readonly round: number;
  readonly vantage: string;
  /** `none`: nobody answered. Silence never heals. */
  readonly answer: "good" | "bad" | "none";
}

/** What another vantage got of the same subject, for `partial`: shown side by side. */
export interface Beside {
  readonly vantage: string;
  readonly answer: Exclude<Vote["answer"], "none">;
  /** Its decisive transcript lines, at most ten. */
  readonly lines: readonly string[];
}

/** What the words of a message are made of; kept with the cause, so that telling needs no second look. */
export interface CauseContext {
  /** The host name people know the target by, or the domain; the address itself where there is no name. */
  readonly host: string;
  /** Null for what is the operator's own: a vantage, a contact, the fleet. */
  readonly hop: HopKind | null;
  readonly customers: number;
  /** Some of them may be counted twice: their number is a most. */
  readonly customersAtMost?: true;
  /** The customer itself where only one is behind the subject: its contacts are told too. */
  readonly customer: string | null;
  /** Where several customers are behind it: `needId` of the wishes that suffer. Left out: all of them. */
  readonly needs?: readonly string[];
  /** The names by which it suffers, where it is well by others. */
  readonly names?: readonly string[];
  /** The target was never seen to offer TLS. */
  readonly neverOffered: boolean;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  /** The decisive transcript lines, at most ten, in the manner of `chainmail probe`. */
  readonly lines: readonly string[];
  /** What other vantages saw, where they don't agree. */
  readonly beside: readonly Beside[];
  /** Of a certificate: epoch ms of its end. */
  readonly ends?: number;
  /** Slice and slot of the target, for confirmation probes; null where the subject isn't a target. */
  readonly slot: { readonly slice: number; readonly slot: number; readonly vantage: string } | null;
}

/**
 * `worse`: the severity rose, or it shows at every answer now. `flapping`: it comes and goes too often; the next message
 * is its end. `escalated`: nobody acknowledged it in time; for the second contacts. `gone`: DNS or the operator dropped the subject, which isn't `recovered`.
 */
export type AlertKind = "opened" | "worse" | "reminder" | "escalated" | "flapping" | "recovered" | "gone";

/** One message of an incident, before it is worded for a channel. */
export interface Alert {
  /** `CM-7F3A·2`: the incident's id and the number of the message in it. The same id is the same message. */
  readonly id: string;
  readonly incident: string;
  readonly kind: AlertKind;
  readonly class: IncidentClass;
  readonly form: CauseForm;
  readonly subject: string;
  /** Epoch ms when the message came to be owed. */
  readonly at: number;
  /** Epoch ms of the first bad answer. */
  readonly since: number;
  /** In `form: intermittent`: how many of the last answers were bad. */
  readonly rate: { readonly bad: number; readonly of: number } | null;
  /** The parent's subject whose messages tell the operators of it already: this one is for the customer's own contacts alone. */
  readonly within: string | null;
  /** Of an opening: the parent whose messages told of it until now. Own contacts may know of it. */
  readonly outlasted?: string;
  /** Own contacts were told of nothing before it (a digest of first looks is the operators'), and aren't told of this either. */
  readonly unannounced?: true;
  /** Of a parent: what its children share. */
  readonly parent: ParentFacts | null;
  /** The silence or window that kept it from being told when it came to be owed. */
  readonly held: Cover | null;
  /** Of a reminder: the acknowledgement that has lapsed, so that it is reminded of again. */
  readonly lapsed: Acknowledgement | null;
  /** Of an end, as it is worded for one reader: who was never told of the beginning is told of both at once. */
  readonly merged: boolean;
  /** Of the newest look at it when it came to be owed (`traceOf`); none where nobody looked. */
  readonly trace?: string;
  readonly context: CauseContext;
}

/** Whom among the contacts: the first ones count as 0 ms, second ones as the `after` that they wait for an acknowledgement. */
export interface Reach {
  /** Longer than this, ms; -1: the first ones too. */
  readonly over: number;
  /** And no longer than this, ms. */
  readonly upTo: number;
}

/** A message that told somebody for the first time, and that the end takes the place of. */
export interface Merged {
  readonly reach: Reach;
  /** Recipients that had it when the end came. */
  readonly sentTo: readonly string[];
  /** How far it had come among the contacts of those who share it. */
  readonly circle?: CircleProgress;
}

/** How far a message has come among the contacts of all customers behind a shared subject; they are told in the order of their keys. */
export interface CircleProgress {
  /** The key of the last one whose turn it was; empty before the first. */
  readonly upTo: string;
  /** Up to there, those that couldn't be reached yet: by their keys. */
  readonly late: readonly string[];
  /** Nobody comes behind it. */
  readonly isLast: boolean;
  /** It reached none of them yet. */
  readonly isUnheard?: boolean;
}

/** The weekly digest of certificates whose end is far. */
export const certificatesDigest = "certificates";

export interface OutboxEntry {
  readonly alert: Alert;
  /** Entries of one digest that are due together leave as one message; null: alone. */
  readonly digest: string | null;
  /** Epoch ms before which it isn't sent. */
  readonly notBefore: number;
  /** Recipients that have it already. */
  readonly sentTo: readonly string[];
  /** Recipients that will never take it; they hold up nobody else. */
  readonly dead: readonly string[];
  readonly attempts: number;
  /** Epoch ms until which a sender holds it. */
  readonly leasedUntil: number;
  readonly reach: Reach;
  /** Epoch ms since when it waits for a look that bears it out; null: it doesn't. */
  readonly asked: number | null;
  /** Of an end: the messages before it that not everybody had. */
  readonly merges: readonly Merged[];
  /** Recipients that refused for good a digest with it in it: they get it alone. */
  readonly alone: readonly string[];
  /** It was held, and still so when that ended: whatever follows before somebody has it, it is told. */
  readonly letGo?: true;
  /** Left out before the first of them had its turn, and where there are none. */
  readonly circle?: CircleProgress;
}

/** Somebody knows of it; `at` in epoch ms. */
interface Acknowledgement {
  readonly by: string;
  readonly at: number;
}

export interface Incident {
  /** `CM-` and four or more hex digits. */
  readonly id: string;
  readonly openedAt: number;
  /** Epoch ms of the first bad answer. */
  readonly since: number;
  readonly endedAt: number | null;
  /** How it ended: TLS came back, or DNS dropped the subject. */
  readonly ended: "recovered" | "gone" | null;
  /** Lapses after a week, and when it gets worse. */
  readonly acknowledged: Acknowledgement | null;
  /** Messages written so far. */
  readonly messages: number;
  /** False: own contacts were told of nothing, since its opening was one of many that a first look found. */
  readonly announced?: false;
  /** Vantages that got a bad answer in it: it is over when they say so. */
  readonly seenFrom: readonly string[];
  /** The share of bad answers when the last one came, at the vantages it was seen from; null unless it is intermittent. Says how many clean answers end it. */
  readonly rate: { readonly bad: number; readonly of: number } | null;
  /** Flapping was told: nothing more is said until it ends. */
  readonly quiet: boolean;
  /** Epoch ms of the next reminder, unless it is acknowledged, and the wait that led to it in ms. */
  readonly remind: { readonly at: number; readonly after: number };
  /** Second contacts that will be told unless somebody acknowledges it, earliest first; null: nobody was told of it yet. */
  readonly escalations: readonly Escalation[] | null;
  /** Second contacts that wait no longer than this know of it, ms; 0: only the first ones. */
  readonly escalated: number;
}

/** Those that wait `after` ms for an acknowledgement are told at `at`, epoch ms. */
export interface Escalation {
  readonly at: number;
  readonly after: number;
}

/** What a parent groups: the one thing that its children share. */
export interface ParentFacts {
  readonly kind: "address" | "certificate" | "mx-set" | "provider" | "vantage";
  /** As people know it: `192.0.2.1`, `mail.example`, `CN=mx.example`. */
  readonly label: string;
  /** Subjects that share it, and those of them that suffer. */
  readonly children: number;
  readonly suffering: number;
  /** Some customers may stand behind several of them: their number is a most. */
  readonly customersAtMost?: boolean;
}

export interface Cause {
  readonly class: IncidentClass;
  /** A target key, a domain, a certificate's SHA-256, a parent (`provider:mail.example`), a vantage, a contact, or `fleet`. */
  readonly subject: string;
  readonly state: CauseState;
  /** Epoch ms when this state was entered. */
  readonly stateSince: number;
  readonly form: CauseForm;
  /** At most the last 24 of each vantage, oldest first. */
  readonly votes: readonly Vote[];
  /** Good answers since the last bad one, of the vantages that it was seen from. */
  readonly clean: number;
  /** Epoch ms of openings within the last hour, for flapping. */
  readonly openings: readonly number[];
  readonly incident: Incident | null;
  readonly context: CauseContext;
  readonly outbox: readonly OutboxEntry[];
  /** Subject of the open parent, of the same class, whose messages tell of this one too. */
  readonly folded: string | null;
  /** Set where this cause is a parent itself. */
  readonly parent: ParentFacts | null;
  /** Epoch ms when the tick has to look at it again; null when only an answer can change it. */
  readonly due: number | null;
}

/**
 * Nothing in it matters any more: it can be deleted, and good answers need not be told to it. A clear cause with a bad
 * answer in its window is kept, since three of 24 make an intermittent loss.
 */
export function isSpent(cause: Cause): boolean {
  return (
    cause.state === "clear" &&
    cause.outbox.length === 0 &&
    cause.openings.length === 0 &&
    cause.votes.every((vote) => vote.answer !== "bad")
  );
}
