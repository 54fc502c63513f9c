/** What must be true of customers' own contacts where several customers share a server: each is told of what concerns it, once, in words for its own customers, and only where the operator lets it be. */

import type { Alert } from "../../lib/model/incident.ts";
import { aboutParents, aboutServers } from "./about.ts";
import { type Claim, contactName, type Evidence, type Fold, isContact, type Membership } from "./evidence.ts";
import { holdsOf } from "./holding.ts";
import { parentOf } from "./kinship.ts";
import { isOfRing } from "./ring.ts";
import { type Class, heard, isEnd, nameOf, type Story, storiesOf, wordOf } from "./stories.ts";

type Ring = NonNullable<Evidence["ring"]>;

export function circleBreachesOf(everything: Evidence): readonly string[] {
  const { ring } = everything;
  if (ring === null) return [];
  const received = everything.received.filter(({ to }) => isOfRing(to));
  if (!ring.tellsShared)
    return received.map(({ to, id }) => `${to} got ${id}, and the operator doesn't let it be told`);
  const stories = storiesOf(aboutServers(everything));
  const parents = storiesOf(aboutParents(everything));
  return [
    ...astray(ring, stories, everything),
    ...stories.flatMap((story) => [...missed(ring, story, everything), ...unended(ring, story, parents, everything)]),
    ...severally(stories, everything),
  ];
}

/** Told to who has nothing to do with it by then, or in words for somebody else. */
function astray(ring: Ring, stories: readonly Story[], everything: Evidence): readonly string[] {
  const subjects = new Map(stories.flatMap(({ claims, subject }) => claims.map(({ alert }) => [alert.id, subject])));
  const gone = new Set(everything.dropped.map(({ subject }) => subject));
  const alone = Map.groupBy(everything.received, ({ letter }) => letter);
  return everything.received
    .filter(({ to }) => isOfRing(to))
    .flatMap(({ to, id, at, passFrom, names, letter }) => {
      const subject = subjects.get(id);
      if (subject === undefined) return [`${to} got ${id}, which is for operators`];
      // What leaves DNS keeps those who stood behind it.
      if (gone.has(subject)) return [];
      const may = mayBeFor(ring.memberships, { to, subject, from: passFrom, until: at });
      if (may.size === 0) return [`${to} got ${id}, which is of no customer of its`];
      const own = [...(alone.get(letter) ?? [])].flatMap((each) => {
        const of = subjects.get(each.id);
        if (of === undefined) return [];
        return [...mayBeFor(ring.memberships, { to, subject: of, from: passFrom, until: at })];
      });
      const foreign = names.filter((name) => !own.includes(name));
      const isUnnamed = alone.get(letter)?.length === 1 && !names.some((name) => may.has(name));
      return [
        ...foreign.map((name) => `${to} got ${id}, which names ${name}`),
        ...(isUnnamed ? [`${to} got ${id}, which names none of its customers`] : []),
      ];
    });
}

interface Asked {
  readonly to: string;
  readonly subject: string;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
}

/** Customers that it was the contact of, perhaps, behind this subject, at some time between. */
function mayBeFor(memberships: readonly Membership[], { to, subject, from, until }: Asked): ReadonlySet<string> {
  const sure = memberships.findLastIndex(({ writtenAt }) => writtenAt !== null && writtenAt <= from);
  const some = memberships.slice(Math.max(0, sure)).filter(({ at }) => at <= until);
  return new Set(some.flatMap(({ members }) => members.get(subject)?.get(to) ?? []));
}

/** It was one all the time, whatever was written when. */
function isSurely(memberships: readonly Membership[], { to, subject, from, until }: Asked): boolean {
  const sure = memberships.findLastIndex(({ writtenAt }) => writtenAt !== null && writtenAt <= from);
  const some = memberships.slice(Math.max(0, sure)).filter(({ at }) => at <= until);
  return sure >= 0 && some.every(({ members }) => members.get(subject)?.has(to));
}

/** Everybody's first contacts: of what others share, and of its own where a parent tells of it. */
function toldOf(
  { memberships }: Ring,
  { subject, folds }: Story,
  { ownSubject, recipients, refused, seconds }: Evidence,
): readonly string[] {
  const last = new Set(seconds.map(({ name }) => name));
  if (subject === ownSubject) {
    const isTold = recipients.get(subject)?.includes(contactName) && !refused.has(`${contactName} ${subject}`);
    return folds.length > 0 && isTold ? [contactName] : [];
  }
  const all = memberships.flatMap(({ members }) => [...(members.get(subject)?.keys() ?? [])]);
  return [...new Set(all)].filter((name) => !last.has(name));
}

/** What the first looks after an import find is told to operators alone, and so is its end: its contacts hear of what follows. */
function announced({ first }: Story): readonly Claim[] {
  const from = first.findIndex(({ alert, isDigest }) => !isEnd(alert) && !isDigest);
  return from < 0 ? [] : first.slice(from);
}

const forEver = Number.POSITIVE_INFINITY;

/** What others got who have no more to do with it. */
function missed(ring: Ring, story: Story, everything: Evidence): readonly string[] {
  const { subject, claims, folds } = story;
  const { received, hindered, crashes, outages, lostReplies } = everything;
  const isCalm = crashes + outages + lostReplies === 0;
  const end = claims.find(({ alert }) => isEnd(alert))?.alert.id ?? "";
  return toldOf(ring, story, everything).flatMap((to) => {
    const got = new Set(received.filter((each) => each.to === to).map(({ id }) => id));
    const isMerged = got.has(end) && (!isCalm || hindered.size > 0);
    if (isMerged) return [];
    return announced(story).flatMap(({ alert, writtenAt }) => {
      if (got.has(alert.id)) return [];
      const told = received.filter(({ to: other, id }) => id === alert.id && isMeantAlike(other));
      // Who leaves a while after all others had it has it too.
      const until = isCalm && hindered.size === 0 ? Math.max(...told.map(({ at }) => at)) : forEver;
      const isSure = to === contactName || isSurely(ring.memberships, { to, subject, from: writtenAt, until });
      return told.length > 0 && isSure ? [`${to} never got ${alert.id} of ${subject}`] : [];
    });
  });

  /** Operators hear of it otherwise where a parent tells of it. */
  function isMeantAlike(name: string): boolean {
    return folds.length === 0 || isContact(name);
  }
}

/** Whatever was told of it, by itself or by its parent, its end is told to who was there from the beginning. */
function unended(ring: Ring, story: Story, parents: readonly Story[], everything: Evidence): readonly string[] {
  const { subject, claims, folds } = story;
  const end = claims.find(({ alert }) => isEnd(alert));
  const opened = announced(story)[0];
  if (end === undefined || opened === undefined || isEnd(opened.alert)) return [];
  if (holdsOf(everything).length > 0 || everything.quiet?.subject === subject) return [];
  const told = [story, ...folds.flatMap((fold) => parentOf(fold, parents) ?? [])];
  const ids = new Set(told.flatMap((each) => each.claims.map(({ alert }) => alert.id)));
  if (!everything.received.some(({ to, id }) => ids.has(id) && !isContact(to))) return [];
  return toldOf(ring, story, everything)
    .filter((to) => {
      const asked = { to, subject, from: opened.writtenAt, until: forEver };
      return to === contactName || isSurely(ring.memberships, asked);
    })
    .filter((to) => !everything.received.some((each) => each.to === to && each.id === end.alert.id))
    .map((to) => `${to} was never told that ${nameOf(story)} is over`);
}

/** Design: "One cause, one alarm". Whatever opened waits so long for others of its cause, unless it began too long ago. */
const grouped = { waitMs: 30_000, withinMs: 75_000 };

/** Of what was folded by one pass into one parent, had waited for others, and was never seen well before it was told, one letter. */
function severally(stories: readonly Story[], everything: Evidence): readonly string[] {
  const { crashes, outages, lostReplies, hindered, passes } = everything;
  if (crashes + outages + lostReplies > 0 || hindered.size > 0) return [];
  const passOf = (at: number) => passes.findLast((pass) => pass <= at) ?? 0;
  const hasWaited = ({ at, since }: Alert, now: number) =>
    now - at >= grouped.waitMs || now - since >= grouped.withinMs;
  const folded = stories.flatMap(({ claims: [opened], folds: [fold, ...more] }) => {
    if (opened === undefined || fold === undefined || more.length > 0) return [];
    return hasWaited(opened.alert, passOf(fold.at)) ? [{ ...fold, id: opened.alert.id }] : [];
  });
  const wasWell = ({ class: cls, subject, at: from }: Fold, until: number) =>
    heard(everything, subject, until).some((look) => look.at > from && wordOf(cls as Class, look) === "good");
  const together = Map.groupBy(folded, ({ class: cls, parent, at }) => `${cls} of ${parent}, ${passOf(at)}`);
  return [...together].flatMap(([what, some]) => {
    const ids = new Map(some.map((each) => [each.id, each]));
    const mine = everything.received.filter(({ to, id, at }) => {
      const fold = ids.get(id);
      return isOfRing(to) && fold !== undefined && !wasWell(fold, at);
    });
    return [...Map.groupBy(mine, ({ to }) => to)].flatMap(([to, own]) => {
      const letters = new Set(own.map(({ letter }) => letter)).size;
      return letters > 1 ? [`${to} got ${letters} letters of ${what}`] : [];
    });
  });
}
