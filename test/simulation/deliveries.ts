/** What must be true of the messages that were owed: who got them, how often, in which order, and what was so when they left. */

import { escalations } from "./escalation.ts";
import { type Claim, contactName, type Evidence, type Look, phoneName } from "./evidence.ts";
import { heard, hearingsOf, isEnd, isShared, type Story, surelyHeard, wordOf } from "./stories.ts";

const minute = 60_000;
/** A message leaves at once, or after a channel that takes its time, and the one look that was asked for. */
const leavesWithinMs = minute;

export function deliveries(evidence: Evidence, stories: readonly Story[]): readonly string[] {
  return [
    ...toldInside(evidence),
    ...stories.flatMap((story) => [
      ...missing(story, evidence),
      ...escalations(story, evidence, (to, claims) => missedBy(to, { claims }, evidence)),
      ...untrue(story, evidence),
    ]),
    ...lostByPhone(evidence, stories),
    ...order(evidence, stories),
  ];
}

/** Nothing is told inside a window: by no pass that began in it. */
function toldInside({ quiet, claims, received }: Evidence): readonly string[] {
  if (quiet === null) return [];
  const about = new Set(claims.filter(({ alert }) => alert.subject === quiet.subject).map(({ alert }) => alert.id));
  return received
    .filter(({ id }) => about.has(id))
    .filter(({ at, passFrom }) => quiet.spans.some(({ from, until }) => passFrom >= from && at < until))
    .map(({ to, id }) => `${to} got ${id} inside a window`);
}

/** One copy each but for crashes and lost replies, each of which may repeat one message; none at all by what claims first. */
export function copies({ received, claims, crashes, outages, lostReplies, greatest }: Evidence): readonly string[] {
  const owed = new Set(claims.map(({ alert }) => alert.id));
  const all = [...Map.groupBy(received, ({ to, id }) => `${to} ${id}`).values()];
  const repeats = all.reduce((sum, some) => sum + some.length - 1, 0);
  const allowed = (crashes + outages) * greatest + lostReplies;
  const twice = all.filter((some) => some.length > 1 && some[0]?.to === phoneName);
  return [
    ...(repeats > allowed ? [`${repeats} repeats after ${allowed} crashes and lost replies`] : []),
    ...twice.map(([first]) => `${phoneName} got ${first?.id} twice`),
    ...received.filter(({ id }) => !owed.has(id)).map(({ id }) => `${id} was told and never owed`),
  ];
}

/** Messages of a story that somebody got, and that `to` got neither itself nor by the end that took their place. */
function missedBy(
  to: string,
  { claims }: Pick<Story, "claims">,
  { received, hindered, crashes, outages, lostReplies }: Evidence,
) {
  const told = new Set(received.map(({ id }) => id));
  const got = new Set(received.filter((each) => each.to === to).map(({ id }) => id));
  const end = claims.find(({ alert }) => isEnd(alert))?.alert.id ?? "";
  const isMerged = got.has(end) && (crashes + outages + lostReplies > 0 || hindered.size > 0);
  if (isMerged) return [];
  return claims.filter(({ alert }) => told.has(alert.id) && !got.has(alert.id));
}

function missing(story: Story, evidence: Evidence): readonly string[] {
  return (evidence.recipients.get(story.subject) ?? [])
    .filter((to) => !evidence.refused.has(`${to} ${story.subject}`))
    .flatMap((to) => {
      const { first } = story;
      const own = to === contactName ? announced(story) : first;
      const missed = missedBy(to, { claims: first }, evidence).filter(
        (claim) => own.includes(claim) && !isShared(story, claim),
      );
      return missed.length === 0 ? [] : [`${to} never got ${missed.map(({ alert }) => alert.id).join(", ")}`];
    });
}

/** What the first looks after an import find is told to operators alone, and so is what several share: its contacts hear of what follows. */
function announced({ first, folds }: Story): readonly Claim[] {
  const isWord = ({ alert, isDigest }: Claim) => !isEnd(alert) && !isDigest;
  const from = first.findIndex(isWord);
  return from < 0 || folds.length > 0 ? [] : first.slice(from);
}

/** What claims first may lose a message by each crash and each answer that isn't the good one; and no other. */
function lostByPhone(evidence: Evidence, stories: readonly Story[]): readonly string[] {
  if (!evidence.hasPhone) return [];
  const mine = stories.filter(({ subject }) => !evidence.refused.has(`${phoneName} ${subject}`));
  const lost = mine.flatMap((story) =>
    missedBy(phoneName, { claims: story.first }, evidence).filter((claim) => !isShared(story, claim)),
  );
  const allowed = evidence.crashes + evidence.outages + evidence.unclaimed;
  return lost.length > allowed ? [`${phoneName} lost ${lost.length} messages by ${allowed} crashes and refusals`] : [];
}

/** Nothing leaves that says what everybody has seen to be over. */
function untrue({ class: cls, subject, claims }: Story, evidence: Evidence): readonly string[] {
  return claims.flatMap(({ alert }) => {
    if (isEnd(alert) || alert.form === "intermittent") return [];
    const told = evidence.received.filter(({ id }) => id === alert.id);
    return (
      told
        // What may have arrived is told again, whatever is known by then.
        .filter(({ to, at }) => !told.some((first) => first.to === to && first.at < at))
        .filter(({ at }) => isKnownToBeWell(evidence, cls, subject, at))
        .map(({ to }) => `${to} got ${alert.id} when it was known to be well`)
    );
  });
}

function isKnownToBeWell(evidence: Evidence, cls: Story["class"], subject: string, at: number): boolean {
  const speaking = heard(evidence, subject, at).filter((look) => wordOf(cls, look) !== "says nothing");
  // The last one of each vantage.
  const last = new Map(speaking.map((look) => [look.vantage, look]));
  if (last.size === 0 || [...last.values()].some((look) => wordOf(cls, look) !== "good")) return false;
  const before = new Set(surelyHeard(evidence, subject, at - leavesWithinMs));
  return [...last.values()].every((look) => before.has(look) && !isOvertaken(look, evidence));
}

/** A younger look from there was judged before it: it has no vote on what is open. */
function isOvertaken({ subject, vantage, at }: Look, evidence: Evidence): boolean {
  const own = hearingsOf(evidence, subject).filter(({ look }) => look.vantage === vantage);
  const begun = Math.min(...own.filter(({ look }) => look.at === at).map(({ begin }) => begin));
  return own.some(({ look, begin }) => look.at > at && begin < begun);
}

/** To each recipient in the order of the incidents; a digest that is repeated begins anew. */
function order({ claims, received }: Evidence, stories: readonly Story[]): readonly string[] {
  const firsts = [...Map.groupBy(received, ({ to, id }) => `${to} ${id}`).values()].flatMap(([first]) => first ?? []);
  const places = new Map(claims.map(({ alert }, index) => [alert.id, index]));
  const causeOf = new Map(stories.map(({ incident, class: cls, subject }) => [incident, `${cls} ${subject}`]));
  const all = Map.groupBy(firsts, ({ to, id }) => `${to} ${causeOf.get(id.split("·")[0] ?? "") ?? id}`);
  return [...all.values()].flatMap((some) =>
    some.flatMap(({ to, id }, index) => {
      const before = some[index - 1]?.id ?? id;
      return (places.get(id) ?? 0) < (places.get(before) ?? 0) ? [`${to} got ${id} after ${before}`] : [];
    }),
  );
}
