/** Parents that are open, and the children that they tell for: what becomes of them when the clock ticks. */

import { tell } from "../judge/incident/telling.ts";
import { advance } from "../judge/incident.ts";
import { isOverFor } from "../judge/parents.ts";
import type { Cause, IncidentClass, OutboxEntry } from "../model/incident.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { grown } from "./parent-context.ts";

export interface Family {
  readonly class: IncidentClass;
  /** Of the parent. */
  readonly subject: string;
  /** Children that were told of before it opened: they count, and go on telling for themselves. */
  readonly told: readonly string[];
  /** Epoch ms when it was written, before its parent was; left out by an older release. */
  readonly at?: number;
}

const documentName = "families";
const mostTries = 8;
/** By then whoever wrote it is done, or has died. */
const writtenByMs = 60_000;

/** The list of parents, kept so that a tick without any reads one small document and no more. `change` answers the very same list for none. */
async function keepFamilies({ state }: Store, change: (open: readonly Family[]) => readonly Family[]): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const { value, version } = await state.document<readonly Family[]>(documentName);
    const before = value ?? [];
    const next = change(before);
    if (next === before) return;
    if (await state.putDocument(documentName, { value: next, version })) return;
  }
  throw new Error(`the list of families was written by others ${mostTries} times in a row`);
}

interface FamiliesWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * A parent ends when few of its children suffer still: each of those tells for itself then. What recovers while its parent
 * tells for it ends without a word of its own.
 */
export async function tendFamilies(world: FamiliesWorld): Promise<void> {
  const { store, now } = world;
  const { value: families } = await store.state.document<readonly Family[]>(documentName);
  if (families === null || families.length === 0) return;
  const active = (await store.state.activeCauses()).map(({ value }) => value);
  const over: Family[] = [];
  for (const family of families) {
    // Its parent may not be written yet, nor all of its children folded.
    if ((family.at ?? 0) > now - writtenByMs) continue;
    const own = active.filter(({ class: cls, incident }) => cls === family.class && incident?.endedAt === null);
    const children = own.filter(({ folded }) => folded === family.subject);
    const others = own.filter(({ subject, folded }) => folded === null && family.told.includes(subject));
    const parent = active.find(({ class: cls, subject }) => cls === family.class && subject === family.subject);
    if (parent !== undefined) await tendParent(world, parent, [...children, ...others]);
    else if (children.length === 0) over.push(family);
    else for (const child of children) await letTell(world, child);
  }
  if (over.length === 0) return;
  // One that was written anew meanwhile stays.
  const isOver = (one: Family) => over.some((other) => isOfOne(one, other) && (one.at ?? 0) === (other.at ?? 0));
  await keepFamilies(store, (open) => (open.some(isOver) ? open.filter((family) => !isOver(family)) : open));
}

/** Who suffers of what a parent tells of. */
export async function membersOf({ state }: Store, cls: IncidentClass, parent: string): Promise<readonly Cause[]> {
  const { value } = await state.document<readonly Family[]>(documentName);
  const told = value?.find((family) => family.class === cls && family.subject === parent)?.told ?? [];
  const active = (await state.activeCauses()).map((found) => found.value);
  return active.filter((cause) => {
    const isOpen = cause.class === cls && cause.incident?.endedAt === null;
    return isOpen && (cause.folded === parent || (cause.folded === null && told.includes(cause.subject)));
  });
}

/** Adds it, or the children that were told before it to the one that stands there already. */
export async function addFamily(store: Store, family: Family): Promise<void> {
  await keepFamilies(store, (open) => {
    const stands = open.find((other) => isOfOne(family, other));
    const told = [...new Set([...(stands?.told ?? []), ...family.told])];
    return [...open.filter((other) => other !== stands), { ...family, told }];
  });
}

function isOfOne(one: Family, other: Family): boolean {
  return one.class === other.class && one.subject === other.subject;
}

/** A parent's answers are made of its children: bad while enough of them suffer. */
async function tendParent(
  { store, policy, now }: FamiliesWorld,
  parent: Cause,
  members: readonly Cause[],
): Promise<void> {
  const answer = isOverFor(members.length) ? "good" : "bad";
  const isNews = answer === "good" ? parent.state === "open" : parent.state === "recovering";
  if (!isNews && parent.parent?.suffering === members.length) return;
  const vote = { at: now, cycle: 0, round: 0, vantage: "family", answer } as const;
  await changeCause(store, parent.class, parent.subject, (stands) => {
    const counted = stands && grown(stands, members);
    if (counted === null) return null;
    if (!isNews) return counted;
    const { class: cls, subject, context } = counted;
    const event = { kind: "vote", class: cls, subject, vote, context, sighted: ["family"], blinded: [] } as const;
    return advance(counted, { ...event, held: false, firstLook: null }, policy, now).cause;
  });
}

/** Its parent ended and it suffers still. While it recovers nothing is said: it may be over in a moment. */
async function letTell({ store, now }: FamiliesWorld, { class: cls, subject }: Cause): Promise<void> {
  await changeCause(store, cls, subject, (cause) => {
    if (cause === null || cause.folded === null || cause.state !== "open" || cause.incident === null) return null;
    const { incident, folded } = cause;
    const isOwn = ({ alert }: OutboxEntry) => alert.incident === incident.id && alert.within === folded;
    const opening = cause.outbox.find((entry) => isOwn(entry) && entry.alert.kind === "opened");
    // What its contacts are being told of just now needs no second word: operators get that one.
    if (opening !== undefined)
      return { ...cause, folded: null, outbox: cause.outbox.map((entry) => (isOwn(entry) ? unfolded(entry) : entry)) };
    return tell({ ...cause, incident, folded: null }, "opened", now, { outlasted: folded });
  });
}

function unfolded(entry: OutboxEntry): OutboxEntry {
  return { ...entry, alert: { ...entry.alert, within: null } };
}
