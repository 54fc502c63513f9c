/** What must be true of what several servers share: it is told instead of them, once, when enough of them suffer; and who outlasts it tells for itself. */

import { aboutParents, aboutServers, operatorsOf } from "./about.ts";
import { deliveries } from "./deliveries.ts";
import { escalatedBy } from "./escalation.ts";
import { type Claim, type Evidence, type Fold, isContact } from "./evidence.ts";
import { every, minute } from "./happenings.ts";
import { holdsOf } from "./holding.ts";
import { overlapping, wrongOrder } from "./order.ts";
import { heard, isShared, type Story, storiesOf, surelyHeard, wordOf } from "./stories.ts";

/** Design: "≥ max(5, 20 %) of a parent's children within two cycles open the parent"; no history has more than 25 of one. */
const family = { children: 5, withinMs: 2 * every };

export function parentBreachesOf(everything: Evidence): readonly string[] {
  const view = aboutParents(everything);
  const parents = storiesOf(view);
  const children = storiesOf(aboutServers(everything));
  return [
    ...deliveries(view, parents),
    ...overlapping(parents),
    ...parents.flatMap((parent) => [
      ...wrongOrder(parent),
      ...unfounded(parent, children, everything),
      ...endedEarly(parent, children),
      ...unescalated(parent, children, everything),
    ]),
    ...children.flatMap((child) => [
      ...orphaned(child, parents),
      ...toldAsWell(child, parents, everything),
      ...toldBeside(child, parents, everything),
      ...outlasting(child, parents, everything),
    ]),
    ...tooMany(children, everything),
  ];
}

const openedAt = ({ claims }: Story) => claims[0]?.alert.at ?? 0;
const writtenAt = ({ claims }: Story) => claims[0]?.writtenAt ?? 0;

/** Names of what it shares with others: who is weak shows, when it was seen last before `at`, the one certificate that all do. */
function sharedBy({ class: cls, subject }: Story, evidence: Evidence, at: number): readonly string[] {
  const own = evidence.places.get(subject)?.shares ?? [];
  const isShown =
    cls === "weak" && heard(evidence, subject, at).findLast(({ mode }) => mode !== "silent")?.mode === "weak";
  return isShown ? [...own, `certificate:${"ab".repeat(32)}`] : own;
}

/** The parent that a child was folded into. */
export function parentOf({ class: cls, parent, at }: Fold, parents: readonly Story[]): Story | undefined {
  return parents.find(
    (story) => story.class === cls && story.subject === parent && writtenAt(story) <= at && story.endedAt >= at,
  );
}

function unfounded(parent: Story, children: readonly Story[], everything: Evidence): readonly string[] {
  const suffering = children.filter((child) => {
    const isOf = child.class === parent.class && sharedBy(child, everything, writtenAt(child)).includes(parent.subject);
    return (
      isOf &&
      openedAt(child) > openedAt(parent) - family.withinMs &&
      writtenAt(child) <= writtenAt(parent) &&
      child.endedAt >= openedAt(parent)
    );
  });
  const count = new Set(suffering.map(({ subject }) => subject)).size;
  return count >= family.children ? [] : [`${parent.incident} tells of ${count} that share ${parent.subject}`];
}

/** Enough of what it tells of was bad, for all that anybody saw, when second operators should have been told. */
function unescalated(parent: Story, children: readonly Story[], everything: Evidence): readonly string[] {
  const told = children.filter(({ folds }) => folds.some((fold) => fold.parent === parent.subject));
  return everything.seconds
    .filter(({ subjects }) => subjects === null)
    .flatMap((second) => {
      const due = escalatedBy(second, parent, everything);
      const got = everything.received.some(({ to, id }) => to === second.name && id.split("·")[0] === parent.incident);
      if (due === null || due === Number.POSITIVE_INFINITY || got || parent.endedAt < due + 4 * every) return [];
      const isStillBad = ({ class: cls, subject }: Story) => {
        const since = openedAt(parent);
        const looks = heard(everything, subject, due + 2 * every).filter(({ at }) => at > since);
        return looks.some((look) => look.at > due) && looks.every((look) => wordOf(cls, look) === "bad");
      };
      const suffering = new Set(told.filter(isStillBad).map(({ subject }) => subject)).size;
      return suffering < family.children ? [] : [`${parent.incident} was never escalated to ${second.name}`];
    });
}

function endedEarly(parent: Story, children: readonly Story[]): readonly string[] {
  const { endedAt, subject, class: cls } = parent;
  const left = children.filter(({ folds, ...child }) => {
    const isIn = folds.some(
      ({ parent: into, at }) => into === subject && at < endedAt - 3 * minute && at > writtenAt(parent),
    );
    return child.class === cls && isIn && child.endedAt > endedAt;
  });
  return left.length < family.children ? [] : [`${parent.incident} ended while ${left.length} of it suffered`];
}

function orphaned({ folds }: Story, parents: readonly Story[]): readonly string[] {
  return folds
    .filter((fold) => parentOf(fold, parents) === undefined)
    .map(({ incident, parent }) => `${incident} is told of by ${parent}, which isn't open`);
}

/** Operators have a child's message while its parent tells of it. */
function toldAsWell(child: Story, parents: readonly Story[], { received }: Evidence): readonly string[] {
  const isTold = ({ alert, writtenAt: written }: Claim, at: number) => {
    const before = child.folds.filter((fold) => fold.at < at && (fold.at >= written || alert.within !== null));
    return before.some((fold) => (parentOf(fold, parents)?.endedAt ?? 0) > at);
  };
  return child.claims
    .filter((claim) => isShared(child, claim))
    .flatMap((claim) =>
      received.filter(({ to, id, at }) => id === claim.alert.id && isOperator(to) && isTold(claim, at)),
    )
    .map(({ to, id }) => `${to} got ${id}, of which its parent tells`);
}

const isOperator = (name: string) => !isContact(name);

/** It opened under an open parent, and told operators for itself. */
function toldBeside(child: Story, parents: readonly Story[], everything: Evidence): readonly string[] {
  const [first] = child.claims;
  if (child.folds.length > 0 || first?.alert.kind !== "opened" || first.isDigest || isDropped(child, everything))
    return [];
  const words = everything.received.filter(({ to, id }) => id === first.alert.id && isOperator(to));
  const shared = sharedBy(child, everything, words[0]?.passFrom ?? 0);
  return parents
    .filter((parent) => parent.class === child.class && shared.includes(parent.subject))
    .filter((parent) => writtenAt(parent) < first.writtenAt)
    .flatMap((parent) => words.filter(({ at, passFrom }) => passFrom > writtenAt(parent) && at < parent.endedAt))
    .map(({ to, id }) => `${to} got ${id} beside its open parent`);
}

function isDropped({ subject }: Story, { dropped }: Evidence): boolean {
  return dropped.some((drop) => drop.subject === subject);
}

/** Its parent ended, and it suffered on. */
function outlasting(child: Story, parents: readonly Story[], everything: Evidence): readonly string[] {
  const last = child.folds.at(-1);
  const ended = (last && parentOf(last, parents)?.endedAt) ?? Number.POSITIVE_INFINITY;
  if (child.endedAt < ended + 3 * every || isDropped(child, everything)) return [];
  if (holdsOf(everything).some(({ until }) => until > ended)) return [];
  const looks = surelyHeard(everything, child.subject, child.endedAt).filter(({ at }) => at > ended + 2 * minute);
  const words = looks.map((look) => wordOf(child.class, look)).filter((word) => word !== "says nothing");
  const stillBad = words.indexOf("good") === -1 ? words.length : words.indexOf("good");
  if (stillBad < 3) return [];
  const told = new Set(everything.received.filter(({ id }) => id.split("·")[0] === child.incident).map(({ to }) => to));
  return operatorsOf(everything)
    .filter((to) => !told.has(to) && !everything.refused.has(`${to} ${child.subject}`))
    .map((to) => `${child.incident} outlasts its parent, and ${to} was never told`);
}

/** As many as make a parent told for themselves, one shortly after the other. */
function tooMany(children: readonly Story[], everything: Evidence): readonly string[] {
  return children.flatMap((child) => {
    const word = everything.received.find(({ to, id }) => id === child.claims[0]?.alert.id && isOperator(to));
    if (word === undefined || !isSingle(child, everything)) return [];
    return sharedBy(child, everything, word.passFrom).flatMap((name) => {
      const beside = children.filter(
        (other) =>
          other.class === child.class &&
          isSingle(other, everything) &&
          sharedBy(other, everything, word.passFrom).includes(name) &&
          openedAt(other) > word.passFrom - family.withinMs + minute &&
          writtenAt(other) < word.passFrom &&
          other.endedAt > word.at,
      );
      return beside.length < family.children || !beside.includes(child)
        ? []
        : [`${word.to} got ${word.id}, one of ${beside.length} that share ${name}`];
    });
  });
}

function isSingle(story: Story, everything: Evidence): boolean {
  const [first] = story.claims;
  return story.folds.length === 0 && first?.alert.kind === "opened" && !first.isDigest && !isDropped(story, everything);
}
