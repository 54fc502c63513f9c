/**
 * The breaker, before anything leaves: holds what opened in too many places at once, or right after the judge changed, and
 * asks the operator. The hold is written before the question, and the question before that it was asked: a crash between
 * asks again, which changes nothing.
 */

import {
  countedFrom,
  ended,
  isCounted,
  isMassChange,
  isOver,
  isTrusted,
  isUntold,
  isWary,
  mayBeMassChange,
  type Opening,
  tripped,
} from "../judge/breaker.ts";
import { advance } from "../judge/incident.ts";
import { type Breaker, type Hold, idleBreaker } from "../model/breaker.ts";
import type { Cause, CauseContext } from "../model/incident.ts";
import { type Standing, standingOf } from "../model/network.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { RosterEntry } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { Store, Versioned } from "../store/store.ts";
import { breakerOf, changeBreaker } from "./breaker-document.ts";
import { changeCause } from "./change-cause.ts";
import { coversNow } from "./covers.ts";
import { firstLookEnds } from "./first-look.ts";
import { isDue } from "./outbox.ts";

export interface BreakerWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  readonly everyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

/** Who says it, where vantages say what servers are like. */
const witness = "fleet";

/** `owing` are the causes that owe a message now; without any, a hold still ends in its time. True where the breaker began or ended something: what is owed is another then. */
export async function breaker(world: BreakerWorld, owing: readonly Versioned<Cause>[]): Promise<boolean> {
  const { store, now } = world;
  const stands = (await breakerOf(store)).value ?? idleBreaker;
  const over = stands.hold !== null && isOver(stands.hold, now) ? stands.hold : null;
  if (over !== null) await endHold(world, over);
  if (owing.length === 0) return over !== null;
  const next = over === null ? stands : ended(stands, over);
  const hold =
    next.hold ??
    (await trip(
      world,
      next,
      owing.map(({ value }) => value),
    ));
  if (hold === null || hold.asked) return over !== null;
  await ask(world, hold);
  return true;
}

/** The hold that begins now; null: none does. */
async function trip(world: BreakerWorld, stands: Breaker, owing: readonly Cause[]): Promise<Hold | null> {
  const { store, now, everyMs } = world;
  if (isTrusted(stands, now)) return null;
  const from = countedFrom(stands, now, everyMs);
  const leaving = owing.filter((cause) => isCounted(cause, from) && isLeaving(cause, now));
  if (leaving.length === 0) return null;
  const coverOf = await coversNow(store);
  const isCovered = (cause: Cause) => coverOf(cause, now) !== null;
  if (leaving.every(isCovered)) return null;
  const active = (await store.state.activeCauses()).map(({ value }) => value);
  const opened = active.filter((cause) => isCounted(cause, from) && !isCovered(cause));
  const anew = isWary(stands, now);
  if (!anew && !mayBeMassChange(opened.length)) return null;
  const fleet = await fleetOf(world);
  const told = anew ? opened.filter(isUntold) : opened.filter((cause) => !fleet.isNew(cause));
  const openings = told.map(fleet.openingOf);
  if (anew ? openings.length === 0 : !isMassChange(openings, fleet.targets)) return null;
  const next = await changeBreaker(store, (breaker) => {
    const before = breaker ?? idleBreaker;
    return before.hold === null ? tripped(before, openings, { now, everyMs, targets: fleet.targets }) : breaker;
  });
  return next?.hold ?? null;
}

function isLeaving(cause: Cause, now: number): boolean {
  return isUntold(cause) && cause.outbox.some((entry) => isDue(entry, now));
}

interface Fleet {
  readonly targets: number;
  /** It was so when its target was first looked at: nothing changed. */
  readonly isNew: (cause: Cause) => boolean;
  readonly openingOf: (cause: Cause) => Opening;
}

/** Reads the rosters: only where a hold may begin. */
async function fleetOf({ store, everyMs, policy }: BreakerWorld): Promise<Fleet> {
  const entries = new Map<string, RosterEntry>();
  for (const slice of await store.state.slices()) {
    for (const entry of slice.entries) {
      if (entry !== null && entry.canary !== true) entries.set(targetKey(entry.target), entry);
    }
  }
  const ends = new Map([...entries].map(([key, entry]) => [key, firstLookEnds(entry, everyMs, policy)]));
  const eldest = [...ends.values()].reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY);
  return {
    targets: entries.size,
    isNew({ subject, incident }) {
      // What several targets share is as old as the fleet.
      return incident !== null && incident.since < (ends.get(subject) ?? eldest);
    },
    openingOf(cause) {
      const { subject, context } = cause;
      const standing = placeOf(cause, entries.get(subject));
      return { subject, standing, customers: context.customers, words: wordsOf(cause) };
    },
  };
}

/** Of what several targets share, what it is: its own name stands for it. */
function placeOf({ subject, parent }: Cause, entry: RosterEntry | undefined): Standing {
  if (entry !== undefined) return standingOf(entry.target.address, entry.names[0]?.name ?? null);
  if (parent?.kind === "address") return standingOf(parent.label, null);
  if (parent?.kind === "provider") return { network: subject, suffix: parent.label };
  return { network: subject, suffix: null };
}

function wordsOf({ class: cls, subject, context, parent }: Cause): string {
  const whose = context.customer ?? `${context.customers} customers`;
  const what = parent === null ? cls : `${cls} of ${parent.suffering} targets`;
  return `${context.host} (${subject}): ${what}, ${whose}`;
}

/** The operator is told that it is over, and nothing is held by it any more. */
export async function endHold(world: Omit<BreakerWorld, "everyMs">, hold: Hold): Promise<void> {
  await say(world, "good", contextOf(hold));
  await changeBreaker(world.store, (breaker) => breaker && ended(breaker, hold));
}

async function ask(world: BreakerWorld, hold: Hold): Promise<void> {
  await say(world, "bad", contextOf(hold));
  await changeBreaker(world.store, (breaker) =>
    breaker?.hold?.id === hold.id ? { ...breaker, hold: { ...breaker.hold, asked: true } } : breaker,
  );
}

/** Each hold is an incident of its own: over when it is, and however often one follows another, it is asked about. */
async function say(
  { store, policy, now }: Omit<BreakerWorld, "everyMs">,
  answer: "bad" | "good",
  context: CauseContext,
): Promise<void> {
  const vote = { at: now, cycle: 0, round: 0, vantage: witness, answer } as const;
  await changeCause(store, "mass-change", witness, (cause) => {
    const event = { kind: "vote", class: "mass-change", subject: witness, vote, context } as const;
    const all = { ...event, sighted: [witness], blinded: [], held: false, firstLook: null };
    const step = advance(cause, all, { ...policy, cleanFor: 0, flapsPerHour: Number.POSITIVE_INFINITY }, now);
    return step.cause === cause ? null : step.cause;
  });
}

function contextOf({ why, until, customers, named }: Hold): CauseContext {
  const end = `${new Date(until).toISOString().slice(0, 16)}Z`;
  return {
    host: witness,
    hop: null,
    customers,
    customer: null,
    neverOffered: false,
    severity: "critical",
    findings: [
      {
        code: "fleet.mass-change",
        severity: "critical",
        evidence: [why],
        consequence: `nobody but you is told until ${end}; what still holds then is told`,
        advice:
          "Look at some of them ('chainmail breaker' shows what is held). If they are true: chainmail breaker release --by YOU. If you need more time: chainmail breaker keep --for 2h --by YOU.",
      },
    ],
    lines: named,
    beside: [],
    slot: null,
  };
}
