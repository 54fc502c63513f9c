/**
 * What came back from the probes, judged: certificates and facts, causes, memory, and the ledger last, as the commit mark.
 *
 * Every write can be done again: a batch that is delivered twice, or after a crash between any two writes, ends in the
 * same state. A steady batch writes the ledger and nothing else.
 */

import { isVouched } from "../judge/sight/batch.ts";
import { isWithin } from "../judge/sight/gaps.ts";
import { isBelieved, isSighted } from "../judge/sight.ts";
import type { ProbeResults } from "../model/jobs.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Clock } from "../model/ports.ts";
import type { CycleMark, SlotMemory } from "../model/roster.ts";
import type { Store } from "../store/store.ts";
import { eachAtOnce } from "./at-once.ts";
import { type Alarm, alertBeside, fromAllVantages } from "./beside.ts";
import { alarmedBy, type Cast, castVotes } from "./cast.ts";
import { changeMemory, type MemoryChange } from "./change-memory.ts";
import { type Judged, judgeSlot } from "./judge-slot.ts";
import { type Eyes, seenBy } from "./sight.ts";
import { gapsIn } from "./sight-of.ts";
import { type SlotAnswers, slotsOf } from "./slot-answers.ts";
import { confirmJobs, type DelayedJob, type Doubt } from "./tasks.ts";

export interface JudgeWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly policy: IncidentPolicy;
  readonly everyMs: number;
  /** Vantages that have a vote: what the others see is no fact, and alarms nobody. */
  readonly sighted: readonly string[];
}

export interface JudgeReport {
  /** The looks that have to be made again soon, to be sure. */
  readonly jobs: readonly DelayedJob[];
  /** Targets that were looked at in this cycle, believed or not: what was delivered again adds none. */
  readonly marked: number;
  /** Ms until the first message that came to be owed may leave; null: none did. */
  readonly tellsIn: number | null;
}

const slotsAtOnce = 16;
/** Younger looks are no later than their own time-outs and queues make them, however short the interval. */
const leastFreshMs = 60_000;

export async function judge(results: ProbeResults, world: JudgeWorld): Promise<JudgeReport> {
  const { store, policy, everyMs } = world;
  const now = world.now();
  const [slice, memory] = await Promise.all([store.state.slice(results.slice), store.state.memory(results.slice)]);
  if (slice === undefined) return { jobs: [], marked: 0, tellsIn: null };
  const all = slotsOf(results, slice, memory.value, now);
  const eyes = await seenBy(results, slice, all, { store, policy, everyMs, now, sighted: world.sighted });
  const slots = all.filter((slot) => counts(slot, eyes));
  const toJudge = slots.filter(({ isSteady }) => !isSteady);
  const late = toJudge.length > 0 && (await isLate(results, world, now));
  // What it still has a say in is judged as ever, and so is what it sees from this batch on.
  const hasSay = eyes.isBack || !isSighted(eyes.sight);
  const sighted = hasSay ? [...new Set([...world.sighted, results.vantage])] : world.sighted;
  const watchers = new Set(toJudge.flatMap(({ entry }) => [entry, ...entry.beside].map(({ vantage }) => vantage)));
  watchers.delete(results.vantage);
  const gaps = new Map([...(await gapsIn(store, [...watchers])), [results.vantage, eyes.gaps]]);
  const mayVote = sighted.includes(results.vantage);
  const context = { store, policy, everyMs, now, results, late, sighted, mayVote, gaps };

  const judged = new Map<SlotAnswers, Judged>();
  await eachAtOnce(toJudge, slotsAtOnce, async (slot) => void judged.set(slot, await judgeSlot(slot, context)));

  // Before the first write to a cause: else a crash behind it could leave a cause that no good answer ever reaches.
  await alertBeside(store, alarmsOf(judged));
  const alarmed = await changeMemory(store, results.slice, memory, intentions(judged));

  const casts = new Map<SlotAnswers, Cast>();
  await eachAtOnce(judged, slotsAtOnce, async ([slot, { look }]) => {
    if (look !== null) casts.set(slot, await castVotes(context, look));
  });

  const changes = new Map<number, MemoryChange>();
  const doubts: Doubt[] = [];
  for (const [slot, { memory: next }] of judged) {
    const { hot, rounds } = casts.get(slot) ?? { hot: slot.memory.hot, rounds: [] };
    changes.set(slot.slot, remembering(slot.memory, { ...next, hot }));
    const { entry } = slot;
    if (rounds.length > 0) doubts.push({ ...results, slot: slot.slot, entry, rounds, known: next.fingerprint });
  }
  await changeMemory(store, results.slice, alarmed, changes);

  const tellsAt = [...casts.values()].flatMap((cast) => cast.tellsAt);
  const tellsIn = tellsAt.length === 0 ? null : Math.max(0, Math.min(...tellsAt) - now);
  let marked = 0;
  if (results.round === 0) {
    const marks = Array.from({ length: slice.entries.length }, (): CycleMark => "not-tried");
    for (const { slot, mark } of slots) marks[slot] = mark;
    const isNew = await store.ledger.putLedger(
      results.slice,
      { cycle: results.cycle, everyMs, at: now, marks },
      results.part,
    );
    if (isNew) marked = all.filter(({ mark }) => mark !== "not-tried").length;
    await store.ledger.rollUp(results.slice, now, everyMs);
  }
  const confirming = confirmJobs(await fromAllVantages(store, doubts, sighted), policy.confirmAfter, now);
  return {
    jobs: [...eyes.jobs, ...confirming],
    marked,
    tellsIn,
  };
}

/** What is seen by eyes that see, and was made when they did. */
function counts({ entry, light }: SlotAnswers, { sight, gaps }: Eyes): boolean {
  if (!isBelieved(sight, entry)) return false;
  if (light === null) return true;
  const at = light.kind === "same" ? light.at : light.observation.at;
  return !isWithin(gaps, at, isVouched(entry));
}

/**
 * A later cycle overtook the batch on its way, as one that is delivered again after a crash. Looks that found nothing new
 * leave no trace but the ledger's, so that the target's own state can't tell.
 */
async function isLate({ slice, cycle, answers }: ProbeResults, world: JudgeWorld, now: number): Promise<boolean> {
  const { store, policy, everyMs } = world;
  const times = answers.flatMap((answer) => {
    if (answer.kind === "not-tried") return [];
    return answer.kind === "same" ? answer.at : answer.observation.at;
  });
  const freshMs = Math.max(leastFreshMs, everyMs - Math.max(0, ...policy.confirmAfter));
  if (now - Math.max(...times) <= freshMs) return false;
  const [newest] = await store.ledger.ledger(slice, 1);
  return newest !== undefined && newest.cycle * newest.everyMs > cycle * everyMs;
}

function alarmsOf(judged: ReadonlyMap<SlotAnswers, Judged>): readonly Alarm[] {
  return [...judged].flatMap(([{ entry }, { look }]) => {
    if (look === null || entry.beside.length === 0) return [];
    const classes = alarmedBy(look);
    return classes.length === 0 ? [] : [{ entry, classes }];
  });
}

/** What is remembered stays, and the classes that are about to alarm are added. */
function intentions(judged: ReadonlyMap<SlotAnswers, Judged>): ReadonlyMap<number, MemoryChange> {
  const changes = new Map<number, MemoryChange>();
  for (const [{ slot }, { look }] of judged) {
    if (look !== null) changes.set(slot, (stands) => ({ ...stands, hot: union(stands.hot, alarmedBy(look)) }));
  }
  return changes;
}

/**
 * `next`, unless another batch judged the slot meanwhile: nobody can tell whose look is kept as the target's state then,
 * so the fingerprint is forgotten and the next look has to bring all the facts.
 */
function remembering(read: SlotMemory, next: SlotMemory): MemoryChange {
  return (stands) => {
    // A scan may have been judged meanwhile: what it left is nobody's else to change but by a new session.
    const kept = next.scan === read.scan && stands.scan !== undefined ? { ...next, scan: stands.scan } : next;
    return stands.fingerprint === read.fingerprint
      ? kept
      : { ...kept, hot: union(stands.hot, next.hot), fingerprint: "" };
  };
}

function union<T>(some: readonly T[], more: readonly T[]): readonly T[] {
  return [...new Set([...some, ...more])];
}
