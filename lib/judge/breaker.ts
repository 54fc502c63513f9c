/**
 * When so much opens at once, in places that have nothing to do with each other, that it is more likely our own fault:
 * the messages are held, and the operator is asked. So is what opens right after the judge itself changed. Pure.
 */

import { createHash } from "node:crypto";
import { type Breaker, type Hold, idleBreaker, type JudgedWith } from "../model/breaker.ts";
import type { Cover } from "../model/cover.ts";
import { isDrill } from "../model/drill.ts";
import type { Cause } from "../model/incident.ts";
import { type Standing, unrelatedNetworks } from "../model/network.ts";
import { isSeen } from "../model/seen.ts";
import { isUntouched } from "./merge.ts";

const fewestOpenings = 5;
const fewestNetworks = 3;
const shareOfFleet = 0.01;
/** Openings that lie no further apart are of one time; and so long they are held. */
const cycles = 2;
const mostNamed = 10;

/** How long openings are held, ms. */
function holdMs(everyMs: number): number {
  return cycles * everyMs;
}

/** Something that opened; several classes of one subject are one. */
export interface Opening {
  readonly subject: string;
  readonly standing: Standing;
  readonly customers: number;
  /** `mx1.acme.example (192.0.2.1:25): cleartext`. */
  readonly words: string;
}

/** What `cause` is told of is what a vantage saw, and no other message tells of it. */
export function isCounted(cause: Cause, from: number): boolean {
  const { incident, folded } = cause;
  return (
    incident !== null && incident.endedAt === null && incident.openedAt > from && folded === null && isHoldable(cause)
  );
}

/** Nobody heard of its beginning. */
export function isUntold({ incident, outbox }: Cause): boolean {
  return outbox.some((entry) => entry.alert.id === `${incident?.id}·1` && isUntouched(entry));
}

function isHoldable(cause: Cause): boolean {
  return isSeen[cause.class] && !isDrill(cause);
}

/** From when on openings count at `now`: two cycles, but those that were held before are done with. */
export function countedFrom({ countFrom }: Breaker, now: number, everyMs: number): number {
  return Math.max(now - holdMs(everyMs), countFrom);
}

export function isTrusted({ trustedUntil }: Breaker, now: number): boolean {
  return now < trustedUntil;
}

export function isWary({ wary }: Breaker, now: number): boolean {
  return wary !== null && now < wary.until;
}

/** Too many places at once; `targets`: the whole fleet's. */
export function isMassChange(openings: readonly Opening[], targets: number): boolean {
  const subjects = new Set(openings.map(({ subject }) => subject)).size;
  return (
    subjects >= fewestOpenings &&
    subjects > shareOfFleet * targets &&
    unrelatedNetworks(openings.map(({ standing }) => standing)) >= fewestNetworks
  );
}

/** Cheap to ask before the fleet is counted. */
export function mayBeMassChange(openings: number): boolean {
  return openings >= fewestOpenings;
}

export interface TripAt {
  /** Epoch ms. */
  readonly now: number;
  readonly everyMs: number;
  readonly targets: number;
}

/** Holds what opened, and what opens until the end. */
export function tripped(breaker: Breaker, openings: readonly Opening[], { now, everyMs, targets }: TripAt): Breaker {
  const { wary } = breaker;
  const networks = unrelatedNetworks(openings.map(({ standing }) => standing));
  const subjects = new Set(openings.map(({ subject }) => subject)).size;
  const count = counted(openings.length, "opening");
  const places = counted(networks, "unrelated network");
  const isAnew = wary !== null && now < wary.until;
  const hold: Hold = {
    id: `B-${createHash("sha256").update(`breaker ${now}`).digest("hex").slice(0, 6).toUpperCase()}`,
    from: countedFrom(breaker, now, everyMs),
    at: now,
    until: isAnew ? wary.until : now + holdMs(everyMs),
    lasts: holdMs(everyMs),
    why: isAnew
      ? `${changeWords(wary.changed)}, and ${count} followed, in ${places}`
      : `${count} at ${subjects} of ${targets} targets within two cycles, in ${places}`,
    by: null,
    openings: openings.length,
    networks,
    customers: openings.reduce((sum, { customers }) => sum + customers, 0),
    named: openings.slice(0, mostNamed).map(({ words }) => words),
    asked: false,
  };
  return { ...breaker, hold };
}

const changes: Readonly<Record<keyof JudgedWith, string>> = {
  policy: "the policy",
  roots: "the set of trusted roots",
  build: "the program",
};

function changeWords(changed: readonly (keyof JudgedWith)[]): string {
  const what = changed.map((key) => changes[key]).join(" and ");
  return `${what} ${changed.length === 1 ? "was" : "were"} changed`;
}

/** What is other than what was judged with before. */
export function changesOf(before: JudgedWith, now: JudgedWith): readonly (keyof JudgedWith)[] {
  const all: readonly (keyof JudgedWith)[] = ["policy", "roots", "build"];
  return all.filter((key) => before[key] !== now[key]);
}

/** For two cycles from now what opens is held. */
export function wary(
  breaker: Breaker | null,
  changed: readonly (keyof JudgedWith)[],
  now: number,
  everyMs: number,
): Breaker {
  return { ...(breaker ?? idleBreaker), wary: { until: now + holdMs(everyMs), changed } };
}

/** The hold is over at `now`, by its time or by a decision. */
export function isOver({ until }: Hold, now: number): boolean {
  return now >= until;
}

/** Without its hold; what was held counts no more. */
export function ended(breaker: Breaker, hold: Hold): Breaker {
  return breaker.hold?.id === hold.id ? { ...breaker, hold: null, countFrom: hold.until } : breaker;
}

/** The operator's word: what opened is true. As long as it would have been held again, nothing is. */
export function released(breaker: Breaker, hold: Hold, by: string, now: number): Breaker {
  return { ...breaker, hold: { ...hold, until: now, by }, wary: null, trustedUntil: now + hold.lasts, trustedBy: by };
}

/** The operator's word: it is looked into, and held until then. */
export function kept(breaker: Breaker, hold: Hold, by: string, until: number): Breaker {
  return { ...breaker, hold: { ...hold, until, by } };
}

/** Its beginning and its end stand with the hold, so that it is recorded once; null: it isn't held. */
export function breakerCover(cause: Cause, breaker: Breaker | null, now: number): Cover | null {
  const hold = breaker?.hold ?? null;
  if (hold === null || isOver(hold, now) || !isHoldable(cause)) return null;
  if (cause.incident === null || cause.incident.openedAt <= hold.from || !isUntold(cause)) return null;
  const { id, why, by, until } = hold;
  return { kind: "breaker", id, reason: why, by, until };
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
