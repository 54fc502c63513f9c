/** One look's votes, brought to their causes. */

import { advance, type Digest, type Step, type VoteEvent } from "../judge/incident.ts";
import { withoutGaps } from "../judge/sight/gaps.ts";
import { type ClassVote, verifiedLevels } from "../judge/votes.ts";
import { type Cause, type IncidentClass, isSpent, type Vote } from "../model/incident.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { RosterEntry } from "../model/roster.ts";
import type { Gap } from "../model/sight.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import type { Store, TargetState } from "../store/store.ts";
import { isWantedBeside } from "./beside.ts";
import { changeCause } from "./change-cause.ts";
import { boundedFindings, decisiveLines } from "./evidence.ts";
import { countShown, noteGone, noteShown } from "./shown.ts";
import { leafOf, presentOf } from "./target-state.ts";

/** Not told beside an open loss of TLS. */
const patientClasses: readonly IncidentClass[] = ["unreachable", "temporarily-unavailable"];
const identityClasses: readonly IncidentClass[] = ["unauthenticated", "expiring", "unsatisfiable-policy"];

/** One judged look at one target. */
export interface Look {
  readonly entry: RosterEntry;
  readonly state: TargetState;
  /** A newer look was judged before it: it may end a suspicion or a recovery, and does nothing else. */
  readonly isOvertaken: boolean;
  /** What it says to each class of cause. */
  readonly votes: readonly ClassVote[];
  /** Classes that were told of this target before. */
  readonly hot: readonly IncidentClass[];
  /** All classes with a vote are asked for their cause, not only the hot and the bad ones. */
  readonly thorough: boolean;
  readonly vote: Omit<Vote, "answer">;
  readonly firstLook: Digest | null;
}

export interface CastWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  /** Epoch ms. */
  readonly now: number;
}

export interface VotingWorld extends CastWorld {
  /** Vantages that have a vote. */
  readonly sighted: readonly string[];
  /** By vantage: votes from within are taken back. */
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
}

export interface Cast {
  /** Classes whose cause isn't spent: what is good next time must be told to them. */
  readonly hot: readonly IncidentClass[];
  /** Rounds of this cycle in which the target has to be looked at again. */
  readonly rounds: readonly number[];
  /** Epoch ms of when the messages that came to be owed may leave. */
  readonly tellsAt: readonly number[];
}

/** The classes that this look will make hot, before any cause is written. */
export function alarmedBy({ entry, isOvertaken, votes }: Look): readonly IncidentClass[] {
  if (isOvertaken || entry.leaving !== undefined) return [];
  return [...new Set(votes.filter(({ answer }) => answer === "bad").map((bad) => bad.class))];
}

/** Tells each cause that this look concerns. A cause that nobody's wish stands behind any more ends as gone. */
export async function castVotes(world: VotingWorld, look: Look): Promise<Cast> {
  const { entry, state, votes } = look;
  const hot = new Set<IncidentClass>();
  const rounds = new Set<number>();
  const tellsAt: number[] = [];
  const ending = votes.filter((vote) => vote.class === "expiring" && vote.answer === "bad");
  await noteShown(world.store, entry, ending);
  for (const each of votes) {
    // What DNS leads nobody to any more opens nothing new; what is open of it ends well, or as gone.
    const isNews = entry.leaving === undefined && ((each.answer === "bad" && !look.isOvertaken) || look.thorough);
    if (!isNews && !look.hot.includes(each.class)) continue;
    const { cause, confirm, owed } = await advanceBy(
      world,
      await eventOf(world, look, each),
      world.gaps,
      look.isOvertaken,
    );
    if (cause !== null && !isSpent(cause)) hot.add(each.class);
    for (const round of confirm?.rounds ?? []) rounds.add(round);
    tellsAt.push(...owed.map(({ notBefore }) => notBefore));
  }
  for (const { subject } of ending) await countShown(world.store, subject);
  for (const cls of look.hot) {
    if (votes.some((each) => each.class === cls)) continue;
    if (!isUnwanted(look, votes)) hot.add(cls);
    else if (!(await isWantedBeside(world.store, entry, (other) => wants(other, cls)))) {
      await endCause(world, cls, cls === "expiring" ? leafOf(state) : targetKey(entry.target));
    }
  }
  return { hot: [...hot], rounds: [...rounds], tellsAt };
}

/** Nobody wishes for anything here that a class without a vote could be about: not merely silent on it this time. */
function isUnwanted({ entry, state }: Look, votes: readonly ClassVote[]): boolean {
  const alarms = entry.needs.some(({ alarms, require }) => alarms && require.level !== "none");
  const isEncrypted = presentOf(state)?.outcome.kind === "encrypted";
  const identityWanted = votes.some((vote) => vote.class === "unauthenticated");
  return !alarms || (isEncrypted && !identityWanted);
}

function wants({ needs }: RosterEntry, cls: IncidentClass): boolean {
  const care = needs.filter(({ alarms, require }) => alarms && require.level !== "none");
  return identityClasses.includes(cls)
    ? care.some(({ require }) => verifiedLevels.includes(require.level))
    : care.length > 0;
}

async function eventOf({ store, sighted }: VotingWorld, look: Look, each: ClassVote): Promise<VoteEvent> {
  const { entry, state, vote, firstLook } = look;
  const watchers = [entry.vantage, ...entry.beside.map(({ vantage }) => vantage)];
  const present = presentOf(state);
  return {
    kind: "vote",
    class: each.class,
    subject: each.subject,
    vote: { ...vote, answer: each.answer },
    context: {
      ...each.context,
      findings: boundedFindings(each.context.findings),
      lines: present === null ? [] : decisiveLines(present),
      beside: [],
      slot: { slice: state.slice, slot: state.slot, vantage: state.vantage },
    },
    sighted: watchers.filter((vantage) => sighted.includes(vantage)),
    blinded: watchers.filter((vantage) => !sighted.includes(vantage)),
    held: patientClasses.includes(each.class) && each.answer === "bad" && (await isLost(store, each.subject, look.hot)),
    firstLook: each.class === "cleartext" ? firstLook : null,
  };
}

async function isLost(store: Store, subject: string, hot: readonly IncidentClass[]): Promise<boolean> {
  if (!hot.includes("cleartext")) return false;
  const { value } = await store.state.cause("cleartext", subject);
  return value?.state === "open" || value?.state === "recovering";
}

/**
 * A certificate was replaced at `target`: the cause that it is about to expire gets a good answer. Elsewhere it may still be shown:
 * then a bad vote from there takes the recovery back, and nobody heard of it.
 */
export async function noLongerShown(
  world: CastWorld,
  sha256: string,
  target: TargetKey,
  vote: Omit<Vote, "answer">,
): Promise<void> {
  await noteGone(world.store, sha256, target, vote.at);
  const { value } = await world.store.state.cause("expiring", sha256);
  if (value === null) return;
  const event = { kind: "vote", class: "expiring", subject: sha256, context: value.context } as const;
  await advanceBy(world, {
    ...event,
    vote: { ...vote, answer: "good" },
    sighted: [vote.vantage],
    blinded: [],
    held: false,
    firstLook: null,
  });
}

const noGaps: VotingWorld["gaps"] = new Map();

async function advanceBy(
  { store, policy, now }: CastWorld,
  event: VoteEvent,
  gaps = noGaps,
  isOvertaken = false,
): Promise<Step> {
  let step: Step = { cause: null, confirm: null, owed: [] };
  await changeCause(store, event.class, event.subject, (stands) => {
    const cause = stands && withoutGaps(stands, gaps);
    step =
      isOvertaken && !doubts(event, cause) ? { cause, confirm: null, owed: [] } : advance(cause, event, policy, now);
    return changedCause(stands, step);
  });
  return step;
}

/** It speaks against what the newer looks seem to say: that it is bad, or over. */
function doubts({ vote }: VoteEvent, cause: Cause | null): boolean {
  return vote.answer === "bad" ? cause?.state === "recovering" : cause?.state === "suspected";
}

function changedCause(before: Cause | null, { cause }: Step): Cause | null {
  return cause === before ? null : cause;
}

/** `subject` null: there is none. */
export async function endCause(world: CastWorld, cls: IncidentClass, subject: string | null): Promise<void> {
  if (subject === null) return;
  await changeCause(world.store, cls, subject, (cause) =>
    changedCause(cause, advance(cause, { kind: "gone" }, world.policy, world.now)),
  );
}
