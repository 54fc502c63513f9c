/** What must be true of second contacts and second operators: told of what nobody acknowledged in time, then of what becomes of it, and of nothing else. */

import { type Claim, type Evidence, isContact, type Second } from "./evidence.ts";
import { secondAfterMs } from "./servers.ts";
import { heard, isEnd, type Story, surelyHeard, wordOf } from "./stories.ts";

const minute = 60_000;

/** Messages that `to` got neither itself nor by the end that took their place. */
type Missed = (to: string, claims: readonly Claim[]) => readonly Claim[];

export function escalations(story: Story, evidence: Evidence, missedBy: Missed): readonly string[] {
  const { incident, claims, folds } = story;
  const seconds = evidence.seconds.filter((second) => isMeant(second, story));
  const waits = [...new Set(seconds.map(({ afterMs }) => afterMs))].sort((a, b) => a - b);
  const all = claims.filter(({ alert }) => alert.kind === "escalated");
  // While a parent tells of it, customers wait who wouldn't otherwise.
  const most = folds.length > 0 ? new Set([secondAfterMs, ...waits]).size : waits.length;
  return [
    ...(all.length > most ? [`${incident} was escalated ${all.length} times, and ${most} wait`] : []),
    ...seconds.flatMap((second) => unheard(second, story, evidence, missedBy, waits)),
  ];
}

/** Of what others share too second contacts are told as their customers are. */
function isMeant({ subjects }: Second, { subject, folds }: Story): boolean {
  return subjects === null || (subjects.has(subject) && folds.length === 0);
}

function unheard(
  second: Second,
  story: Story,
  evidence: Evidence,
  missedBy: Missed,
  waits: readonly number[],
): readonly string[] {
  const { name, afterMs } = second;
  const { incident, claims } = story;
  const own = new Map(claims.map((claim) => [claim.alert.id, claim]));
  const got = evidence.received.filter(({ to, id }) => to === name && own.has(id));
  const all = claims.filter(({ alert }) => alert.kind === "escalated");
  // Others may have been told of it, at a time when this one wasn't to hear of it.
  const isOthers = story.folds.length > 0 || claims.some(({ isDigest }) => isDigest);
  // Who wait for different times may be told at once, where nobody could tell the sooner ones in time.
  const mine = all.length === waits.length && !isOthers ? all[waits.indexOf(afterMs)] : undefined;
  const escalation = mine ?? all.find(({ alert }) => got.some(({ id }) => id === alert.id));
  if (escalation === undefined) {
    // From then on it hears what the others do.
    const late = all.find(({ alert }) => alert.at - openedAt(story) >= afterMs);
    const isHeardLate = (claim: Claim) => late !== undefined && claims.indexOf(claim) > claims.indexOf(late);
    const unexpected = got.filter(({ id }) => {
      const claim = own.get(id) as Claim;
      return !(isHeardLate(claim) && (isOthers || isEnd(claim.alert)));
    });
    return [
      ...unexpected.map(({ id }) => `${name} got ${id}, which nobody escalated`),
      ...(got.length === 0 && isOverdue(second, story, evidence) ? [`${incident} was never escalated to ${name}`] : []),
    ];
  }
  const at = claims.indexOf(escalation);
  const before = new Set(claims.slice(0, at).map(({ alert }) => alert.id));
  const others = new Set(all.filter((claim) => claim !== escalation));
  const missed = missedBy(
    name,
    claims.slice(at).filter((claim) => !others.has(claim)),
  );
  const isEarly = escalation.alert.at - openedAt(story) < afterMs;
  const isKnown = isAcknowledged(incident, escalation, claims, evidence);
  const twice = new Set(got.map(({ id }) => id).filter((id) => [...others].some(({ alert }) => alert.id === id)));
  return [
    ...(isEarly ? [`${incident} was escalated to ${name} too soon`] : []),
    ...(isKnown ? [`${incident} was escalated, and somebody knew`] : []),
    ...[...twice].map((id) => `${name} got ${id}, and ${incident} was escalated to it already`),
    ...got
      .filter(({ id }) => before.has(id) && !twice.has(id))
      .map(({ id }) => `${name} got ${id} before it was escalated`),
    ...missed.map(({ alert }) => `${name} never got ${alert.id}`),
  ];
}

const openedAt = ({ claims }: Story) => claims[0]?.alert.at ?? 0;

/** And nothing since made it new. */
function isAcknowledged(incident: string, { writtenAt }: Claim, claims: readonly Claim[], evidence: Evidence): boolean {
  const known = evidence.acknowledged.find((each) => each.incident === incident && each.at < writtenAt);
  if (known === undefined) return false;
  return !claims.some(
    ({ alert }) => ["worse", "reminder"].includes(alert.kind) && alert.at >= known.at && alert.at <= writtenAt,
  );
}

/** Nobody acknowledged it, it was told long enough ago, and it was seen bad since then with nobody to say otherwise. */
function isOverdue(second: Second, story: Story, evidence: Evidence): boolean {
  const { class: cls, subject, endedAt } = story;
  const from = escalatedBy(second, story, evidence);
  if (from === null || cls !== "cleartext") return false;
  const looks = heard(evidence, subject, Number.POSITIVE_INFINITY);
  return surelyHeard(evidence, subject, endedAt - 10 * minute).some(
    (look) =>
      look.at > from &&
      wordOf(cls, look) === "bad" &&
      !looks.some((other) => wordOf(cls, other) === "good" && Math.abs(other.at - look.at) < 10 * minute),
  );
}

/** When it has to be escalated, epoch ms, if it is open then; null: nobody can say. */
export function escalatedBy(
  { name, afterMs }: Second,
  { incident, subject, claims }: Story,
  evidence: Evidence,
): number | null {
  if (claims.some(({ alert }) => alert.kind === "flapping")) return null;
  if (evidence.crashes + evidence.outages > 0 || evidence.quiet?.subject === subject) return null;
  if (evidence.acknowledged.some((each) => each.incident === incident)) return null;
  const ids = new Set(claims.map(({ alert }) => alert.id));
  // What the first looks after an import find is told to the operators alone.
  const isApart = claims.some(({ isDigest }) => isDigest);
  const isAlike = (to: string) => isContact(to) === isContact(name) || (isContact(name) && !isApart);
  const theirs = evidence.received.filter(({ to, id }) => ids.has(id) && isAlike(to));
  return Math.min(...theirs.map(({ at }) => at)) + afterMs + 2 * minute;
}
