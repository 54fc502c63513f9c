/**
 * The incident machine walked through every state that it can be in, by every event, until nothing new is found. Two
 * causes are one state when they differ in nothing that the machine could tell apart within the small figures used here.
 */

import { advance, type CauseEvent, type Step } from "../../lib/judge/incident.ts";
import type { AlertKind, Cause, CauseState, Incident, IncidentClass, Vote } from "../../lib/model/incident.ts";
import type { IncidentPolicy } from "../../lib/model/policy.ts";
import { armed } from "../../lib/steps/outbox.ts";
import { context } from "../judge/incident/watch.ts";
import { forbidden } from "./forbidden.ts";
import { every, minute, second, smallPolicy, tinyPolicy } from "./small-policy.ts";

/** How far the walk goes: one vantage with windows that hold what matters, or two, or second contacts, with smaller ones. */
export interface Extent {
  readonly policy: IncidentPolicy;
  readonly vantages: readonly string[];
  /** How long the second contacts wait for an acknowledgement, ms. */
  readonly waits: readonly number[];
  readonly events: readonly ExploredEvent[];
}

export const fromHere = [
  "bad, a confirmation",
  "bad, next cycle",
  "bad and worse, next cycle",
  "good, a confirmation",
  "good, next cycle",
  "silence, next cycle",
  "bad, but late",
  "the last look again",
  "tick, when due",
  "acknowledged",
  "gone",
] as const;
const fromThere = ["bad, from there as well", "good, but from there", "there goes blind", "there sees again"] as const;
export type ExploredEvent = (typeof fromHere)[number] | (typeof fromThere)[number];

const [here, there] = ["here", "there"];
const oneVantage: Extent = { policy: smallPolicy, vantages: [here], waits: [], events: fromHere };
export const secondContacts: Extent = {
  policy: tinyPolicy,
  vantages: [here],
  waits: [2 * every, 4 * every],
  events: fromHere,
};
export const twoVantages: Extent = {
  policy: tinyPolicy,
  vantages: [here, there],
  waits: [],
  events: [
    "bad, a confirmation",
    "bad, next cycle",
    "good, a confirmation",
    "good, next cycle",
    "silence, next cycle",
    ...fromThere,
    "the last look again",
    "tick, when due",
    "gone",
  ],
};

/** A place in the walk. */
export interface Place {
  /** With an empty outbox: what was owed is told. */
  readonly cause: Cause | null;
  readonly now: number;
  readonly cycle: number;
  readonly round: number;
  /** The other vantage has no vote. */
  readonly isBlind: boolean;
}

export interface Transition {
  readonly from: CauseState;
  readonly event: ExploredEvent;
  readonly to: CauseState;
  readonly tells: readonly AlertKind[];
  /** Looks of its own are wanted. */
  readonly asks: boolean;
}

export interface Exploration {
  readonly states: number;
  readonly steps: number;
  /** Each once, in the order they were found. */
  readonly transitions: readonly Transition[];
  /** What must never be, and was found. */
  readonly forbidden: readonly string[];
}

/** `machine` stands for the real one where a test asks whether a faulty one would be found out. */
export function explore(cls: IncidentClass, machine = advance, extent = oneVantage): Exploration {
  const first: Place = { cause: null, now: 1_000 * every, cycle: 1_000, round: 0, isBlind: false };
  const known = new Map([[keyOf(first, extent), first]]);
  const transitions = new Map<string, Transition>();
  const found = new Set<string>();
  let steps = 0;
  for (const place of known.values()) {
    for (const event of extent.events) {
      const tried = attempt(place, event, cls, machine, extent);
      if (tried === null) continue;
      const { step, after } = tried;
      steps++;
      const transition: Transition = {
        from: place.cause?.state ?? "clear",
        event,
        to: after.cause?.state ?? "clear",
        tells: step.owed.map(({ alert }) => alert.kind),
        asks: step.confirm !== null,
      };
      transitions.set(JSON.stringify(transition), transition);
      for (const wrong of forbidden(place, event, step, after, extent))
        found.add(`${transition.from}, ${event}: ${wrong}`);
      const key = keyOf(after, extent);
      if (!known.has(key)) known.set(key, after);
    }
  }
  return { states: known.size, steps, transitions: [...transitions.values()], forbidden: [...found] };
}

/** Null where the event can't be: nothing is due, or nothing was looked at yet. */
function attempt(
  place: Place,
  event: ExploredEvent,
  cls: IncidentClass,
  machine: typeof advance,
  extent: Extent,
): { step: Step; after: Place } | null {
  const next = momentOf(place, event);
  if (next !== null && (event === "there goes blind" || event === "there sees again")) {
    return { step: { cause: place.cause, confirm: null, owed: [] }, after: { ...next, cause: place.cause } };
  }
  const what = next && eventOf(place, event, next, cls, extent);
  if (next === null || what === null) return null;
  const step = machine(place.cause, what, extent.policy, next.now);
  return { step, after: { ...next, cause: step.cause && told(step.cause, extent, next.now) } };
}

/** What was owed is told at once, and from then on second contacts wait. */
function told(cause: Cause, { waits }: Extent, now: number): Cause {
  return cause.outbox.length === 0 ? cause : armed({ ...cause, outbox: [] }, waits, now);
}

function momentOf({ cause, now, cycle, round, isBlind }: Place, event: ExploredEvent): Omit<Place, "cause"> | null {
  switch (event) {
    case "there goes blind":
    case "there sees again": {
      const goesBlind = event === "there goes blind";
      return goesBlind === isBlind ? null : { now, cycle, round, isBlind: goesBlind };
    }
    case "bad, from there as well":
    case "good, but from there":
      return isBlind ? null : { now: now + second, cycle, round, isBlind };
    case "bad, a confirmation":
    case "good, a confirmation":
      return round < 3 ? { now: now + 20 * second, cycle, round: round + 1, isBlind } : null;
    case "bad, next cycle":
    case "bad and worse, next cycle":
    case "good, next cycle":
    case "silence, next cycle":
      return { now: now + every, cycle: cycle + 1, round: 0, isBlind };
    case "tick, when due":
      return cause?.due == null ? null : { now: Math.max(now, cause.due), cycle, round, isBlind };
    default:
      return { now, cycle, round, isBlind };
  }
}

function eventOf(
  { cause }: Place,
  event: ExploredEvent,
  { now, cycle, round, isBlind }: Omit<Place, "cause">,
  cls: IncidentClass,
  { vantages }: Extent,
): CauseEvent | null {
  const blinded = isBlind ? [there] : [];
  const sighted = vantages.filter((vantage) => !blinded.includes(vantage));
  const vote = (answer: Vote["answer"], changes: Partial<Vote> = {}, severity: "warning" | "critical" = "warning") => {
    const cast: Vote = { at: now, cycle, round, vantage: "here", answer, ...changes };
    const about = { ...context, severity };
    const rest = { context: about, sighted, blinded, held: false, firstLook: null };
    return { kind: "vote", class: cls, subject: "192.0.2.1:25", vote: cast, ...rest } as const;
  };
  switch (event) {
    case "bad, a confirmation":
    case "bad, next cycle":
      return vote("bad");
    case "bad and worse, next cycle":
      return vote("bad", {}, "critical");
    case "bad, from there as well":
      return vote("bad", { vantage: there });
    case "good, but from there":
      return vote("good", { vantage: there });
    case "good, a confirmation":
    case "good, next cycle":
      return vote("good");
    case "silence, next cycle":
      return vote("none");
    case "bad, but late":
      return cause === null ? null : vote("bad", { at: cause.stateSince - minute, cycle: cycle - 1, round: 9 });
    case "the last look again": {
      const last = cause?.votes.at(-1);
      return last === undefined ? null : vote(last.answer, last);
    }
    case "tick, when due":
      return { kind: "tick" };
    case "acknowledged":
      return cause === null ? null : { kind: "acknowledge", by: "ada" };
    case "gone":
      return cause === null ? null : { kind: "gone" };
    case "there goes blind":
    case "there sees again":
      return null;
  }
}

/** All that the machine can tell apart; of times and counts, whether they have reached what it waits for. */
function keyOf({ cause, now, round, isBlind }: Place, { policy, vantages }: Extent): string {
  if (cause === null) return `nothing ${round} ${isBlind}`;
  const { state, form, votes, clean, openings, incident, due } = cause;
  const ages = [policy.openSpan, every, policy.cleanFor].filter((ms) => now - cause.stateSince >= ms).length;
  const runs = [
    votes,
    ...(vantages.length > 1 ? vantages.map((name) => votes.filter((vote) => vote.vantage === name)) : []),
  ];
  const recent = openings.filter((at) => now - at < 60 * minute).length;
  return JSON.stringify([
    state,
    round,
    form,
    ages,
    votes.map(({ answer, vantage }) => answer.charAt(0) + (vantages.length > 1 ? vantage.charAt(0) : "")).join(""),
    ...runs.map((of) => runKey(of, policy)),
    isBlind,
    incident?.seenFrom.toSorted(),
    Math.min(clean, policy.window),
    Math.min(recent, policy.flapsPerHour),
    openings.length > recent,
    incident && (incident.endedAt === null ? openKey(incident, now) : "over"),
    due === null ? null : Math.sign(due - now),
    cause.context.severity,
  ]);
}

/** Of the answers since the last other one. */
function runKey(votes: readonly Vote[], { openSpan, silentCycles }: IncidentPolicy): readonly unknown[] {
  const run = votes.slice(votes.findLastIndex(({ answer }) => answer !== votes.at(-1)?.answer) + 1);
  const span = (run.at(-1)?.at ?? 0) - (run[0]?.at ?? 0);
  return [span >= openSpan, Math.min(new Set(run.map((vote) => vote.cycle)).size, silentCycles)];
}

function openKey({ acknowledged, quiet, rate, remind, escalations, escalated }: Incident, now: number) {
  const waits = escalations?.map(({ at, after }) => [after, Math.max(0, Math.ceil((at - now) / every))]) ?? null;
  return [acknowledged === null, quiet, rate, remind.at <= now, waits, escalated];
}
