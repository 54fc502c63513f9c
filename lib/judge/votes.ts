/** What one look at a target means to each class of incident. */

import type { Floor, RequirementLevel } from "../model/customer.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { CauseContext, IncidentClass, Vote } from "../model/incident.ts";
import type { CertificateFacts, Observation, Outcome } from "../model/observation.ts";
import type { Need, RosterEntry } from "../model/roster.ts";
import type { TargetLook } from "../model/status.ts";
import { targetKey } from "../model/target.ts";
import { isAnswer, isNullCipher } from "./answer.ts";
import { isProved, judgeAuthentication } from "./authentication.ts";
import { besidesOf, countsBelow } from "./besides.ts";
import { dateState } from "./dates.ts";
import { type EncryptionJudgement, judgeEncryption } from "./encryption.ts";
import { withheld } from "./enforced.ts";
import { needId } from "./need-id.ts";
import type { SilentOutcome } from "./silence.ts";
import { isUnrouted, silenceFinding } from "./silence.ts";
import { isNotExposed, judgeFacts } from "./target.ts";

/** One look's word on one cause. `context` lacks what only the caller knows: the transcripts' lines and the slot. */
export interface ClassVote {
  readonly class: IncidentClass;
  readonly subject: string;
  readonly answer: Vote["answer"];
  /** Of the needs that suffer; of all that care where none does. */
  readonly context: Omit<CauseContext, "lines" | "beside" | "slot">;
}

type Encrypted = Extract<Outcome, { kind: "encrypted" }>;

/** What one class says of the look: nothing is said where it doesn't apply. */
interface Word {
  readonly class: IncidentClass;
  readonly subject: string;
  readonly answer: Vote["answer"];
  readonly severity: Severity;
  readonly findings: readonly Finding[];
  readonly host: string;
  /** The names that suffer, where others don't. */
  readonly names?: readonly string[];
  /** Of a certificate: epoch ms of its end. */
  readonly ends?: number;
  /** The needs that suffer where the answer is bad. */
  readonly suffer: readonly Need[];
  readonly care: readonly Need[];
}

/** Of those that suffer. */
const mostNames = 50;

export const verifiedLevels: readonly RequirementLevel[] = ["verified", "dane", "mta-sts"];

/**
 * The votes of one look under all wishes that stand behind its target. The present look is `look.silence` where there
 * is one, `look.facts` otherwise.
 *
 * Several needs: it is bad where one of them suffers, and the strictest of those gives the hop. No need that alarms, or
 * an address that we refuse to dial: no votes. A cause that is not voted on any more has to be told `gone` by the caller.
 */
export function votesOf(look: TargetLook, entry: RosterEntry, clock: { readonly now: number }): readonly ClassVote[] {
  const present = look.silence ?? look.facts;
  const care = entry.needs.filter(({ alarms, require }) => alarms && require.level !== "none");
  if (present === null || care.length === 0 || present.outcome.kind === "forbidden") return [];
  const words = isAnswer(present.outcome)
    ? answerWords(present, look, entry, care, clock.now)
    : silenceWords(present.outcome, look, entry, care);
  return words.map((word) => toVote(word, look));
}

function toVote(word: Word, look: TargetLook): ClassVote {
  const needs = word.answer === "bad" ? word.suffer : word.care;
  const [strictest] = [...needs].sort((a, b) => strictness(b) - strictness(a));
  // Where one sender of several doesn't insist, its mail goes in clear: that is said.
  const insisted = needs.every(({ enforced }) => enforced);
  const single = needs.every(({ customer }) => customer !== null && customer === needs[0]?.customer);
  return {
    class: word.class,
    subject: word.subject,
    answer: word.answer,
    context: {
      host: word.host,
      hop: strictest?.hop ?? "gateway",
      customers: single ? 1 : needs.reduce((sum, { customers }) => sum + customers, 0),
      customer: single ? (needs[0]?.customer ?? null) : null,
      // Of what suffers alone: for each look that is well that would be work for nobody.
      ...(!single && word.answer === "bad" && { needs: needs.map(needId) }),
      neverOffered: !look.everEncrypted,
      severity: word.severity,
      findings: insisted ? word.findings.map(withheld) : word.findings,
      ...(word.names !== undefined && { names: word.names }),
      ...(word.ends !== undefined && { ends: word.ends }),
    },
  };
}

function strictness({ require: { level, floor } }: Need): number {
  return (verifiedLevels.includes(level) ? 1_000_000 : 0) + floor.rsaBits + floor.cipherBits + floor.ecBits;
}

function silenceWords(
  outcome: SilentOutcome,
  look: TargetLook,
  entry: RosterEntry,
  care: readonly Need[],
): readonly Word[] {
  const refusesTls =
    outcome.kind === "starttls-not-now" || (outcome.kind === "temporarily-refused" && outcome.stage === "starttls");
  const { outside } = entry;
  // Whose address DNS doesn't give any more may be switched off.
  const open =
    isUnrouted(outcome) || entry.leaving !== undefined
      ? []
      : care.filter(({ hop }) => !isNotExposed(look, { hop, outside }));
  const word = wordOf(entry, care, [silenceFinding(outcome, entry.target)]);
  const waits: Word[] = [
    word("cleartext", "none", "critical"),
    word("weak", "none", "warning"),
    word("unauthenticated", "none", "warning"),
    word("temporarily-unavailable", refusesTls && entry.leaving === undefined ? "bad" : "none", "warning"),
  ];
  if (refusesTls) return [...waits, word("unreachable", "good", "warning")];
  return open.length === 0 ? waits : [...waits, { ...word("unreachable", "bad", "warning"), suffer: open }];
}

function answerWords(
  present: Observation,
  look: TargetLook,
  entry: RosterEntry,
  care: readonly Need[],
  now: number,
): readonly Word[] {
  const { outcome } = present;
  const word = wordOf(entry, care, []);
  const answered: Word[] = [word("unreachable", "good", "warning"), word("temporarily-unavailable", "good", "warning")];
  if (outcome.kind === "encrypted" && !isNullCipher(outcome.tls)) {
    return [
      ...answered,
      word("cleartext", "good", "critical"),
      weakWord(outcome, look, entry, care),
      ...identityWords(outcome, look, entry, care, now),
    ];
  }
  const [need] = care;
  const reference = entry.names[0]?.name ?? null;
  const findings =
    need === undefined ? [] : judgeFacts(present, look.names, { reference, require: need.require, now }).findings;
  const decisive = findings.filter(({ severity }) => severity === "critical");
  return [
    ...answered,
    { ...word("cleartext", "bad", "critical"), findings: decisive },
    // In clear, nothing is told of strength or identity: what was open stays open.
    word("weak", "none", "warning"),
    word("unauthenticated", "none", "warning"),
  ];
}

function wordOf(entry: RosterEntry, care: readonly Need[], findings: readonly Finding[]) {
  const subject = targetKey(entry.target);
  const host = entry.names[0]?.name ?? entry.target.address;
  return (cls: IncidentClass, answer: Vote["answer"], severity: Severity): Word => {
    return {
      class: cls,
      subject,
      answer,
      severity,
      findings: answer === "bad" ? findings : [],
      host,
      suffer: care,
      care,
    };
  };
}

function weakWord(
  { tls, certificate }: Encrypted,
  { scan, facts }: TargetLook,
  entry: RosterEntry,
  care: readonly Need[],
): Word {
  const under = (floor: Floor): Pick<EncryptionJudgement, "encryption" | "findings"> => {
    const session = judgeEncryption(tls, certificate?.leaf ?? null, floor);
    if (!floor.acceptsNothingBelow || scan === undefined || facts === null) return session;
    const besides = besidesOf(scan, facts, floor).filter(countsBelow);
    return {
      encryption: besides.length > 0 && session.encryption === "strong" ? "weak" : session.encryption,
      findings: [...session.findings, ...besides],
    };
  };
  const suffer = care.filter(({ require }) => under(require.floor).encryption === "weak");
  const [strictest] = [...suffer].sort((a, b) => strictness(b) - strictness(a));
  const findings = strictest === undefined ? [] : under(strictest.require.floor).findings.filter(isAlarming);
  const answer = suffer.length === 0 ? "good" : "bad";
  return { ...wordOf(entry, care, findings)("weak", answer, "warning"), suffer };
}

interface Identity {
  readonly name: string;
  readonly certificate: CertificateFacts | null;
}

/** Each name with the certificate shown for it; a further name that was not yet looked at says nothing. */
function identities(
  { certificate }: Encrypted,
  { names }: TargetLook,
  { names: all, target }: RosterEntry,
): Identity[] {
  const [first, ...others] = all.map(({ name }) => name);
  const looked = others.flatMap((name) => {
    const own = names.get(name);
    return own === undefined ? [] : [{ name, certificate: own }];
  });
  return [{ name: first ?? target.address, certificate }, ...looked];
}

/** Who it is matters only to those that require proof. */
function identityWords(
  outcome: Encrypted,
  look: TargetLook,
  entry: RosterEntry,
  all: readonly Need[],
  now: number,
): readonly Word[] {
  const care = all.filter(({ require }) => verifiedLevels.includes(require.level));
  if (care.length === 0) return [];
  const judged = identities(outcome, look, entry).map((identity) => ({
    ...identity,
    ...judgeAuthentication(outcome.tls, identity.certificate, identity.name, now),
  }));
  // What only its end makes unproved is one cause with the warning that went before: class `expiring`.
  const unproved = judged.filter(({ authentication }) => !isProved(authentication) && authentication !== "expired");
  const [failed] = unproved;
  const findings = failed?.findings.filter(isAlarming) ?? [];
  const unauthenticated = wordOf(entry, care, findings)(
    "unauthenticated",
    failed === undefined ? "good" : "bad",
    "warning",
  );
  const dated = judged.flatMap(({ name, certificate, authentication, findings: found }): Word[] => {
    if (certificate === null || (authentication !== "expired" && !isProved(authentication))) return [];
    const { leaf } = certificate;
    const state = dateState(leaf, now);
    const ends = state === "expiring" || state === "expired";
    return [
      {
        class: "expiring",
        subject: leaf.sha256,
        answer: ends ? "bad" : "good",
        severity: state === "expired" ? "critical" : "warning",
        findings: ends ? found.filter(isAlarming) : [],
        host: name,
        ends: leaf.notAfter,
        suffer: care,
        care,
      },
    ];
  });
  const names = someOf(unproved, entry);
  return [{ ...unauthenticated, ...names, host: failed?.name ?? unauthenticated.host }, ...dated];
}

/** Nothing where all names suffer, or so many that they aren't kept. */
function someOf(
  unproved: readonly { readonly name: string }[],
  { names }: RosterEntry,
): { readonly names?: readonly string[] } {
  const isSome = unproved.length > 0 && unproved.length < names.length && unproved.length <= mostNames;
  return isSome ? { names: unproved.map(({ name }) => name) } : {};
}

function isAlarming({ severity }: Finding): boolean {
  return severity !== "info";
}
