/** What one batch says of the eyes that made it, before it says anything of servers. */

import { markOf } from "../judge/answer.ts";
import { isVouched, isWorse, type SightLook } from "../judge/sight/batch.ts";
import { gapsOf } from "../judge/sight/gaps.ts";
import { afterBatch } from "../judge/sight.ts";
import type { ProbeResults } from "../model/jobs.ts";
import { standingOf } from "../model/network.ts";
import type { Slice } from "../model/roster.ts";
import type { Gap, Sight } from "../model/sight.ts";
import { targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { fromAllVantages } from "./beside.ts";
import { outlooksOf } from "./outlook.ts";
import { type FollowWorld, followUp } from "./sight-follow.ts";
import { changeSight, readSight } from "./sight-of.ts";
import type { SlotAnswers } from "./slot-answers.ts";
import { confirmJobs, type DelayedJob, type Doubt } from "./tasks.ts";

export interface SightWorld extends FollowWorld {
  /** Vantages that have a vote. */
  readonly sighted: readonly string[];
}

export interface Eyes {
  readonly sight: Sight;
  /** It had no vote before this batch, and has one now. */
  readonly isBack: boolean;
  /** What was seen within these counts for nothing. */
  readonly gaps: readonly Gap[];
  /** Looks that settle a doubt. */
  readonly jobs: readonly DelayedJob[];
}

/** The vantage's sight after this batch. What it lost or got back is told to the operator, and stands in the history. */
export async function seenBy(
  results: ProbeResults,
  slice: Slice,
  slots: readonly SlotAnswers[],
  world: SightWorld,
): Promise<Eyes> {
  const { vantage, cycle, round, part } = results;
  const { store } = world;
  const looks = slots.flatMap(lookOf);
  const first = await readSight(store, vantage);
  const canaries = await canariesOf(store, vantage, first.value, looks);
  const batch = { cycle, round, slice: slice.number, part, looks, canaries };
  let before: Sight | null = first.value;
  const sight = await changeSight(
    store,
    vantage,
    (stands) => {
      before = stands;
      return afterBatch(stands, batch, world);
    },
    first,
  );
  const isDoubted = sight.state === "doubtful" && sight.by === "at-once" && round === 0;
  // Their votes don't count now: if it turns out that it sees, those of their own looks will.
  const again = isDoubted ? doubtsOf(results, slots, world) : [];
  const asked = new Set(again.map(({ entry }) => targetKey(entry.target)));
  const stands = await followUp(vantage, sight, { cycle, isAsked: (key) => asked.has(key) }, world);
  const jobs = confirmJobs(await fromAllVantages(store, again, world.sighted), world.policy.confirmAfter, world.now);
  return {
    sight: stands.sight,
    isBack: before !== null && before.state !== "sighted" && stands.sight.state === "sighted",
    gaps: gapsOf(stands.sight),
    jobs: [...stands.jobs, ...jobs],
  };
}

/** A steady answer is what the memory says; one that is new says so itself. */
function lookOf({ slot, entry, light, memory }: SlotAnswers): readonly SightLook[] {
  if (light === null) return [];
  const mark = light.kind === "same" ? memory.mark : markOf(light.observation.outcome);
  if (mark === "not-tried") return [];
  const at = light.kind === "same" ? light.at : light.observation.at;
  return [
    {
      ...standingOf(entry.target.address, entry.names[0]?.name ?? null),
      key: targetKey(entry.target),
      slot,
      at,
      isCanary: entry.canary === true,
      vouched: isVouched(entry),
      before: memory.mark,
      mark,
    },
  ];
}

/** Asked for only where they matter: a batch that is as it was reads nothing more. */
async function canariesOf(
  store: Store,
  vantage: string,
  sight: Sight | null,
  looks: readonly SightLook[],
): Promise<readonly string[]> {
  const isPlain = sight === null || (sight.state === "sighted" && sight.failing.length === 0);
  if (isPlain && looks.every(({ isCanary, mark }) => !isCanary || mark === "tls")) return [];
  const outlook = (await outlooksOf(store)).find((each) => each.vantage === vantage);
  return outlook?.canaries.map(({ key }) => key) ?? [];
}

function doubtsOf(results: ProbeResults, slots: readonly SlotAnswers[], { policy }: SightWorld): readonly Doubt[] {
  const rounds = policy.confirmAfter.map((_, index) => index + 1);
  return slots.flatMap((answers): readonly Doubt[] => {
    const { slot, entry, memory } = answers;
    const isPlain = lookOf(answers).some((look) => isWorse(look) && look.mark === "clear" && !look.isCanary);
    return isPlain ? [{ ...results, slot, entry, rounds, known: memory.fingerprint }] : [];
  });
}
