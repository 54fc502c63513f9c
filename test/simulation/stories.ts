/** What the oracle makes of a history first: each incident's messages, and what looks meant. In other words than the judge's. */

import type { Alert } from "../../lib/model/incident.ts";
import type { Claim, Evidence, Fold, Hearing, Look, Mode } from "./evidence.ts";

export type Class = "cleartext" | "weak" | "unreachable" | "temporarily-unavailable";
export type Word = "good" | "bad" | "says nothing";

const meaning: Readonly<Record<Class, Readonly<Record<Mode, Word>>>> = {
  cleartext: { good: "good", plain: "bad", weak: "good", silent: "says nothing", "not-now": "says nothing" },
  weak: { good: "good", plain: "says nothing", weak: "bad", silent: "says nothing", "not-now": "says nothing" },
  unreachable: { good: "good", plain: "good", weak: "good", silent: "bad", "not-now": "good" },
  "temporarily-unavailable": { good: "good", plain: "good", weak: "good", silent: "says nothing", "not-now": "bad" },
};
export const classes = Object.keys(meaning) as readonly Class[];
export const isPatient = (cls: Class) => cls === "unreachable" || cls === "temporarily-unavailable";

/** All messages of one incident, in the order they came to be owed. */
export interface Story {
  readonly incident: string;
  readonly class: Class;
  readonly subject: string;
  readonly claims: readonly Claim[];
  /** Those that are for everybody, and not for second contacts alone. */
  readonly first: readonly Claim[];
  /** Parents that told of it. */
  readonly folds: readonly Fold[];
  readonly since: number;
  /** When it came to be owed that it is over; for ever where it isn't. */
  readonly endedAt: number;
}

export function storiesOf({ claims, folds }: Pick<Evidence, "claims" | "folds">): readonly Story[] {
  return [...Map.groupBy(claims, ({ alert }) => alert.incident)].map(([incident, own]): Story => {
    const first = own[0] as Claim;
    const end = own.find(({ alert }) => isEnd(alert));
    const { class: cls, subject, since } = first.alert;
    return {
      incident,
      class: cls as Class,
      subject,
      claims: own,
      first: own.filter(({ alert }) => alert.kind !== "escalated"),
      folds: folds.filter((fold) => fold.incident === incident),
      since,
      endedAt: end?.alert.at ?? Number.POSITIVE_INFINITY,
    };
  });
}

/** A parent tells the operators of it: it is for nobody else than its customer's own contacts. */
export function isShared({ folds }: Pick<Story, "folds">, { alert, writtenAt }: Claim): boolean {
  return alert.within !== null || folds.some(({ at }) => at >= writtenAt);
}

export function isEnd({ kind }: Alert): boolean {
  return kind === "recovered" || kind === "gone";
}

export function nameOf({ incident, class: cls, subject }: Story): string {
  return `${incident} (${cls} of ${subject})`;
}

/** All tries of the judge at looks at `subject`. */
export function hearingsOf({ tries }: Evidence, subject: string): readonly Hearing[] {
  return tries.get(subject)?.inTurn ?? [];
}

/** Looks at `subject` with a vote that a judge took in hand not later than `at`, each once, in the order of the looks. */
export function heard(evidence: Evidence, subject: string, at: number): readonly Look[] {
  return looksOf(evidence, subject, ({ begin, mayVote }) => mayVote && begin <= at);
}

/** Only those whose judgement was done by then, and that could not be passed over. */
export function surelyHeard(evidence: Evidence, subject: string, at: number): readonly Look[] {
  return looksOf(evidence, subject, ({ end, isStale, mayVote }) => mayVote && !isStale && end !== null && end <= at);
}

function looksOf({ tries }: Evidence, subject: string, isMeant: (hearing: Hearing) => boolean): readonly Look[] {
  const looks = new Set<Look>();
  for (const hearing of tries.get(subject)?.byLook ?? []) if (isMeant(hearing)) looks.add(hearing.look);
  return [...looks];
}

export const wordOf = (cls: Class, { mode }: Look): Word => meaning[cls][mode];
