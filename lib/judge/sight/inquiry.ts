/** A doubt is settled by looking again: at canaries at once, else at some of what got worse and some of what was well. */

import type { BlindKind, Inquiry, Tally, Witness, WitnessRole } from "../../model/sight.ts";
import type { SightAt, SightLook } from "./batch.ts";

/** Ms until each role is looked at again: those that were well are heard before those that must decide. */
export const askedAfter: Readonly<Record<WitnessRole, number>> = { canary: 0, well: 5_000, worse: 20_000 };
/** Longer than a witness's look and its way take. */
const waitMs = 120_000;
/** Cycles for which canaries that are well speak for a change at once. */
const trustCycles = 2;
export const mostWitnesses = 10;

export function inquiryOf(witnesses: readonly Witness[], { now, everyMs }: SightAt): Inquiry {
  return { at: now, until: now + waitMs, trustMs: trustCycles * everyMs, witnesses, heard: {} };
}

/** Public canaries decide unless most of what got worse is the operator's own private network. */
export function asksCanaries(tally: Tally | null): boolean {
  if (tally === null) return true;
  return tally.worse.filter(({ vouched }) => vouched).length * 2 <= tally.worse.length;
}

/** The very same object where none of its witnesses is among the looks. */
export function heardBy(inquiry: Inquiry | null, looks: readonly SightLook[]): Inquiry | null {
  if (inquiry === null) return null;
  const keys = new Set(inquiry.witnesses.map(({ key }) => key));
  const heard = looks.filter(({ key, at }) => at >= inquiry.at && keys.has(key)).map(({ key, mark }) => [key, mark]);
  return heard.length === 0 ? inquiry : { ...inquiry, heard: { ...inquiry.heard, ...Object.fromEntries(heard) } };
}

export interface Finding {
  readonly isBlind: boolean;
  readonly by: "canaries" | "at-once";
  readonly kind: BlindKind;
  /** Others were seen well by the same eyes at that time: what changed did so out there. */
  readonly isOutThere: boolean;
}

/** `unheard`: nobody answered the question in time; null: some are waited for still. */
export function found({ witnesses, heard, until }: Inquiry, now: number): Finding | "unheard" | null {
  const marks = (role: WitnessRole) =>
    witnesses.flatMap((witness) => (witness.role === role ? [heard[witness.key] ?? null] : []));
  const isOver = now >= until;
  const [canary, worse, well] = [marks("canary"), marks("worse"), marks("well")];
  const some = canary.length > 0 ? canary : worse;
  const got = some.filter((mark) => mark !== null);
  const bad = got.filter((mark) => mark !== "tls");
  const kind = bad.filter((mark) => mark === "clear").length * 2 > bad.length ? "no-starttls" : "nothing-answers";
  if (got.length === 0 && isOver) return "unheard";
  if (canary.length > 0) {
    // More than half of them: one that fails alone is its own fault.
    const isBlind = decided(canary, isOver, (count, all) => count * 2 > all);
    return isBlind === null ? null : { isBlind, by: "canaries", kind, isOutThere: !isBlind };
  }
  const isStill = decided(worse, isOver, (count, all) => count * 2 >= all);
  // It was a blip.
  if (isStill !== true) return isStill === null ? null : { isBlind: false, by: "at-once", kind, isOutThere: false };
  // Who was well elsewhere and still is was seen by the same eyes.
  const isElsewhere = well.length === 0 ? true : decided(well, isOver, (count, all) => count * 2 >= all, true);
  return isElsewhere === null ? null : { isBlind: isElsewhere, by: "at-once", kind, isOutThere: !isElsewhere };
}

/** Whether enough of them are bad, as soon as those that aren't heard yet can't change it; null: they can. */
function decided(
  marks: readonly (string | null)[],
  isOver: boolean,
  isEnough: (bad: number, all: number) => boolean,
  unheard = false,
): boolean | null {
  const got = marks.filter((mark) => mark !== null);
  const bad = got.filter((mark) => mark !== "tls").length;
  if (isOver) return got.length === 0 ? unheard : isEnough(bad, got.length);
  if (isEnough(bad, marks.length)) return true;
  return isEnough(bad + marks.length - got.length, marks.length) ? null : false;
}
