/** The answers of one batch, sorted by slot, with what is known beforehand. Pure. */

import { markOf } from "../judge/answer.ts";
import type { ProbeAnswer, ProbeResults } from "../model/jobs.ts";
import { blankMemory, type CycleMark, type RosterEntry, type Slice, type SlotMemory } from "../model/roster.ts";
import { spread } from "../model/spread.ts";
import { targetKey } from "../model/target.ts";

type Seen = Extract<ProbeAnswer, { kind: "seen" }>;

/** What one look at a target under its first name brought. */
type LightAnswer = Seen | Extract<ProbeAnswer, { kind: "same" }>;

export interface SlotAnswers {
  readonly slot: number;
  readonly entry: RosterEntry;
  readonly memory: SlotMemory;
  /** Null: it wasn't looked at, or the look says nothing about what is known by now. */
  readonly light: LightAnswer | null;
  /** Looks under further names. */
  readonly identities: readonly Seen[];
  /** Two bits for the ledger. */
  readonly mark: CycleMark;
  /** Nothing is new and nothing is under suspicion: there is nothing to judge. */
  readonly isSteady: boolean;
}

/** One entry for each slot that is taken and was answered for. `now` in epoch ms. */
export function slotsOf(
  { answers, round }: ProbeResults,
  { entries }: Slice,
  memory: readonly SlotMemory[],
  now: number,
): readonly SlotAnswers[] {
  return [...Map.groupBy(answers, ({ slot }) => slot)].flatMap(([slot, all]): readonly SlotAnswers[] => {
    const entry = entries[slot];
    if (entry === null || entry === undefined) return [];
    const remembered = memory[slot] ?? blankMemory;
    const light = all.map((answer) => lightOf(answer, entry, remembered)).find((answer) => answer !== null) ?? null;
    const identities = all.filter(
      (answer) => answer.kind === "seen" && answer.identity && isOf(answer, entry),
    ) as Seen[];
    const isSteady =
      identities.length === 0 &&
      light?.kind !== "seen" &&
      (light === null || (round === 0 && isQuiet(entry, remembered, now)));
    return [{ slot, entry, memory: remembered, light, identities, mark: markFor(light, remembered), isSteady }];
  });
}

/** A `same` that equals what was known when the job was made, and not what is known now, says nothing. */
function lightOf(answer: ProbeAnswer, entry: RosterEntry, { fingerprint }: SlotMemory): LightAnswer | null {
  if (answer.identity || answer.kind === "not-tried") return null;
  if (answer.kind === "same") return answer.fingerprint === fingerprint ? answer : null;
  return isOf(answer, entry) ? answer : null;
}

function isOf({ observation }: Seen, { target }: RosterEntry): boolean {
  return targetKey(observation.target) === targetKey(target);
}

function isQuiet(entry: RosterEntry, { hot, rejudgeAt, needs }: SlotMemory, now: number): boolean {
  return hot.length === 0 && (rejudgeAt === null || rejudgeAt > now) && needs === needsDigest(entry);
}

function markFor(light: LightAnswer | null, { mark }: SlotMemory): CycleMark {
  if (light === null) return "not-tried";
  return light.kind === "same" ? mark : markOf(light.observation.outcome);
}

/** Tells other wishes, or another first name to match, from those that the target was judged under. */
export function needsDigest({ needs, names }: RosterEntry): string {
  return spread(JSON.stringify([needs, names[0]?.name])).toString(36);
}
