/** One slot of a batch: what was seen is kept, and made ready to be voted on. */

import { markOf } from "../judge/answer.ts";
import { nextThreshold } from "../judge/dates.ts";
import { fingerprint } from "../judge/fingerprint.ts";
import { votesOf } from "../judge/votes.ts";
import type { ProbeResults } from "../model/jobs.ts";
import type { CertificateFacts, Observation } from "../model/observation.ts";
import { clockSkewMs } from "../model/ports.ts";
import type { RosterEntry, SlotMemory } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { NameState, TargetState } from "../store/store.ts";
import { type Look, noLongerShown, type VotingWorld } from "./cast.ts";
import { firstLookOf } from "./first-look.ts";
import { decidesByScan, scanAfter } from "./scan-memory.ts";
import { needsDigest, type SlotAnswers } from "./slot-answers.ts";
import { afterLook, leafOf, lookAt, presentOf } from "./target-state.ts";

export interface SlotWorld extends VotingWorld {
  readonly everyMs: number;
  readonly results: ProbeResults;
  /** A later cycle was judged before the whole batch. */
  readonly late: boolean;
  /** False: this vantage has lost its vote. */
  readonly mayVote: boolean;
}

export interface Judged {
  /** Null where there is nothing to vote on. */
  readonly look: Look | null;
  /** What is remembered from now on, but for `hot`. */
  readonly memory: SlotMemory;
}

/** A further name's look is written down again when it is older than this, changed or not. */
const nameKeptMs = 86_400_000 / 2;

/** Writes name states, history and the target's state, where they changed. */
export async function judgeSlot(slot: SlotAnswers, world: SlotWorld): Promise<Judged> {
  const { entry, memory } = slot;
  const key = targetKey(entry.target);
  const [before, known] = await Promise.all([
    world.store.state.target(key, entry.vantage),
    entry.names.length > 1 ? world.store.state.names(key, entry.vantage) : [],
  ]);
  const named = await namesAfter(slot, known, world);
  const state = await stateAfter(slot, before, world);
  const present = state === undefined ? null : presentOf(state);
  const passed = state === undefined ? null : passedOver(slot, state, world);
  if (state === undefined || present === null) return { look: null, memory: { ...memory, fingerprint: "" } };

  const scan = decidesByScan(entry) ? await world.store.state.scanResult(key) : undefined;
  const at = lookedAt(slot);
  const isNews = slot.light !== null || named.changed;
  const vote = { at, cycle: world.results.cycle, round: world.results.round, vantage: world.results.vantage };
  const look = {
    entry,
    state: passed ?? state,
    isOvertaken: passed !== null,
    votes: votesOf(lookAt(passed ?? state, named.names, at, scan), entry, { now: at }),
    hot: memory.hot,
    thorough: world.results.round > 0,
    vote,
    firstLook: firstLookOf(entry, world.results.cycle, world.everyMs, world.policy),
  };
  // What is present may not have been voted on, if a crash came between: the next look has to find it new.
  if (passed !== null) return { look: world.mayVote ? look : null, memory };
  return {
    look: isNews && world.mayVote ? look : null,
    memory: {
      ...memory,
      fingerprint: slot.light?.kind === "same" ? slot.light.fingerprint : fingerprint(present),
      mark: markOf(present.outcome),
      rejudgeAt: nextJudgement(entry, present, named.names, world.now),
      needs: isNews ? needsDigest(entry) : memory.needs,
      ...(memory.scan !== undefined && { scan: scanAfter(memory.scan, present, world.now) }),
    },
  };
}

/** What an overtaken look saw, which is kept nowhere; null where the look is the present one. */
function passedOver(
  { light, slot }: SlotAnswers,
  kept: TargetState,
  { results, late, now }: SlotWorld,
): TargetState | null {
  if (light?.kind !== "seen") return late ? kept : null;
  const present = presentOf(kept);
  const isOlder = late || (present !== null && isNewer(present, light.observation, { now }));
  return isOlder ? afterLook(kept, light.observation, { slice: results.slice, slot }) : null;
}

/** What is dated later than now was seen by a clock that was ahead, and has been set right. */
function isNewer({ at }: Observation, than: Observation, { now }: Pick<SlotWorld, "now">): boolean {
  return at > than.at && at <= now + clockSkewMs;
}

/** Undefined: what is kept isn't what the answer speaks of; the next look has to bring all the facts. */
async function stateAfter(
  { light, memory, slot, entry }: SlotAnswers,
  before: TargetState | undefined,
  world: SlotWorld,
): Promise<TargetState | undefined> {
  const present = before === undefined ? null : presentOf(before);
  if (light === null) return before;
  const isKept = present !== null && fingerprint(present) === light.fingerprint;
  if (light.kind === "same") return isKept ? before : undefined;
  const seen = light.observation;
  // Overtaken by a newer look.
  if (present && (world.late || isNewer(present, seen, world))) return before;
  if (isKept && light.fingerprint === memory.fingerprint) return before;

  const after = afterLook(before, seen, { slice: world.results.slice, slot });
  const former = leafOf(before);
  if (former !== null && former !== leafOf(after) && memory.hot.includes("expiring")) {
    await noLongerShown(world, former, targetKey(entry.target), { ...voteOf(world.results), at: seen.at });
  }
  const kind = after.silence === null ? "facts" : "silence";
  const key = targetKey(entry.target);
  await world.store.ledger.putEvent(key, { at: seen.at, kind, vantage: entry.vantage, observation: seen });
  await world.store.state.putTarget(after);
  return after;
}

/** Only a handshake says what a name is shown; a look that brought none leaves what is known. */
async function namesAfter(
  { identities, entry, memory }: SlotAnswers,
  known: readonly NameState[],
  world: SlotWorld,
): Promise<{ readonly names: readonly NameState[]; readonly changed: boolean }> {
  const names = new Map(known.map((state) => [state.name, state]));
  let changed = false;
  for (const { observation, name } of identities) {
    if (observation.outcome.kind !== "encrypted" || name === null) continue;
    const { certificate } = observation.outcome;
    const before = names.get(name);
    const isOther = before === undefined || shownAs(before.certificate) !== shownAs(certificate);
    if (!isOther && observation.at - before.at < nameKeptMs) continue;
    const former = before?.certificate?.leaf.sha256;
    if (former !== undefined && former !== certificate?.leaf.sha256 && memory.hot.includes("expiring")) {
      await noLongerShown(world, former, targetKey(entry.target), {
        ...voteOf(world.results),
        at: observation.at,
      });
    }
    const state: NameState = { name, certificate, at: observation.at };
    await world.store.state.putName(targetKey(entry.target), entry.vantage, state);
    names.set(name, state);
    changed ||= isOther;
  }
  return { names: [...names.values()], changed };
}

function shownAs(certificate: CertificateFacts | null): string {
  return certificate === null ? "" : `${certificate.leaf.sha256} ${certificate.trust}`;
}

function voteOf({ cycle, round, vantage }: ProbeResults) {
  return { cycle, round, vantage };
}

function lookedAt({ light, identities }: SlotAnswers): number {
  const times = identities.map(({ observation }) => observation.at);
  if (light !== null) times.push(light.kind === "same" ? light.at : light.observation.at);
  return Math.max(...times);
}

/** Epoch ms at which a date of a certificate changes what is said, though nothing else did; null for never. */
function nextJudgement(
  { names: roster }: RosterEntry,
  present: Observation,
  names: readonly NameState[],
  now: number,
): number | null {
  if (present.outcome.kind !== "encrypted") return null;
  const wanted = new Set(roster.map(({ name }) => name));
  const shown = [
    present.outcome.certificate,
    ...names.filter(({ name }) => wanted.has(name)).map((s) => s.certificate),
  ];
  const next = shown.flatMap((certificate) => (certificate && nextThreshold(certificate.leaf, now)) ?? []);
  return next.length === 0 ? null : Math.min(...next);
}
