/** What must be true of the breaker: what opened in many places at once waits, the operators are asked, and what still holds is told. */

import { aboutHolds, aboutParents, aboutServers } from "./about.ts";
import { deliveries } from "./deliveries.ts";
import { type Evidence, isContact } from "./evidence.ts";
import { every, minute } from "./happenings.ts";
import { overlapping, wrongOrder } from "./order.ts";
import { type Story, storiesOf } from "./stories.ts";

/** Design: "A mass change is held and the operator asked". */
const mass = { openings: 5, networks: 3, withinMs: 2 * every };

/** From when the operators came to be owed the question until they came to be owed its end, epoch ms. */
export interface Hold {
  readonly from: number;
  readonly until: number;
}

export function holdsOf(everything: Evidence): readonly Hold[] {
  if (everything.claims.every(({ alert }) => alert.class !== "mass-change")) return [];
  return storiesOf(aboutHolds(everything)).map(({ claims, endedAt }) => ({
    from: claims[0]?.writtenAt ?? 0,
    until: claims.find(({ alert }) => alert.at === endedAt)?.writtenAt ?? endedAt,
  }));
}

export function holdBreachesOf(everything: Evidence): readonly string[] {
  const view = aboutHolds(everything);
  const stories = storiesOf(view);
  const openings = [...storiesOf(aboutServers(everything)), ...storiesOf(aboutParents(everything))];
  const mine = new Set(view.claims.map(({ alert }) => alert.id));
  const astray = view.received.filter(({ to, id }) => mine.has(id) && isContact(to));
  return [
    ...deliveries(view, stories),
    ...overlapping(stories),
    ...stories.flatMap(wrongOrder),
    ...astray.map(({ to, id }) => `${to} was asked ${id}, which is for operators`),
    ...stories.flatMap((story) => unfounded(story, everything, openings)),
    ...openings.flatMap((story) => [...leftWhileHeld(story, everything), ...unasked(story, everything, openings)]),
  ];
}

/** Enough opened in unrelated places, or something did just after another build began to judge. */
function unfounded({ claims, incident }: Story, everything: Evidence, openings: readonly Story[]): readonly string[] {
  const at = claims[0]?.writtenAt ?? 0;
  const isSince = (time: number) => time <= at && time > at - mass.withinMs - minute;
  const recent = openings.filter((story) => isSince(story.claims[0]?.alert.at ?? 0));
  const noticed = everything.upgrades.map((upgrade) => everything.passes.find((pass) => pass >= upgrade) ?? at);
  if (recent.length > 0 && noticed.some(isSince)) return [];
  return isMass(recent, everything) ? [] : [`${incident} holds ${recent.length} openings, which is no mass`];
}

/** The first message of an incident doesn't leave with a pass that began when the breaker held. */
function leftWhileHeld(story: Story, everything: Evidence): readonly string[] {
  const first = firstWord(story, everything);
  const opened = story.claims[0]?.alert.at ?? 0;
  const kept = everything.decisions.filter(({ keeps }) => keeps).map(({ at }) => at + 4 * every);
  // A pass that began before its end, and lasted, tells what it may.
  const isHeld = (at: number, { from, until }: Hold) => {
    return at < until - minute && at < Math.max(from + mass.withinMs, ...kept.filter((end) => end > from));
  };
  return holdsOf(everything)
    .filter(
      (hold) => first !== undefined && first.passFrom > hold.from && isHeld(first.at, hold) && opened < hold.until,
    )
    .filter(({ from }) => opened > from - mass.withinMs + minute)
    .filter(({ from }) => !everything.claimed.some(({ id, at }) => id === first?.id && at <= from))
    .map(({ from }) => `${first?.to} got ${first?.id} while the breaker held, since ${from}`);
}

/** As many as make a mass were open and told of by nobody else when this one left, and nobody was asked. */
function unasked(story: Story, everything: Evidence, openings: readonly Story[]): readonly string[] {
  const first = firstWord(story, everything);
  const opened = story.claims[0]?.alert.at ?? 0;
  if (first === undefined || !isAlone(story, everything)) return [];
  const { passFrom } = first;
  const decided = holdsOf(everything).findLast(({ from }) => from <= first.at);
  const isTrusted = everything.decisions.some(
    ({ at, keeps }) => !keeps && at <= first.at && at > passFrom - mass.withinMs,
  );
  const from = Math.max(passFrom - mass.withinMs + minute, decided?.until ?? 0);
  if (isTrusted || opened <= from) return [];
  const beside = openings.filter((other) => {
    const { alert, writtenAt } = other.claims[0] ?? { alert: { at: 0 }, writtenAt: 0 };
    return alert.at > from && writtenAt < passFrom && other.endedAt > first.at && isAlone(other, everything);
  });
  return isMass(beside, everything) ? [`${first.to} got ${first.id}, one of ${beside.length} at once, unasked`] : [];
}

function firstWord({ claims }: Story, { received }: Evidence) {
  return received.find(({ id }) => id === claims[0]?.alert.id);
}

/** No parent tells of it, and it was there all the time. */
function isAlone({ folds, subject }: Story, { dropped }: Evidence): boolean {
  return folds.length === 0 && !dropped.some((drop) => drop.subject === subject);
}

function isMass(openings: readonly Story[], everything: Evidence): boolean {
  const subjects = new Set(openings.map(({ subject }) => subject));
  const networks = new Set([...subjects].map((subject) => networkOf(subject, everything)));
  return subjects.size >= mass.openings && networks.size >= mass.networks;
}

/** A /16 or a domain; what several share is a place of its own, but for an address. */
function networkOf(subject: string, { places }: Evidence): string {
  const place = places.get(subject);
  const provider = place?.shares.find((name) => name.startsWith("provider:"));
  if (provider !== undefined) return provider;
  const address = place?.address ?? /^address:(.*)/.exec(subject)?.[1];
  return address?.split(".").slice(0, 2).join(".") ?? subject;
}
