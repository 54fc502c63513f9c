/**
 * The incident machine walked through every state that it can be in, by every event, until nothing new is found. Two
 * causes are one state when they differ in nothing that the machine could tell apart within the small figures used here.
 */

import { advance, type CauseEvent, type Step } from "../../lib/judge/incident.ts";
import type { AlertKind, Cause, CauseState, Incident, IncidentClass, Vote } from "../../lib/model/incident.ts";
import { context } from "../judge/incident/watch.ts";
import { forbidden } from "./forbidden.ts";
import { every, minute, second, smallPolicy } from "./small-policy.ts";

export const exploredEvents = [
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
export type ExploredEvent = (typeof exploredEvents)[number];

/** A place in the walk. */
export interface Place {
  /** With an empty outbox: what was owed is told. */
  readonly cause: Cause | null;
  readonly now: number;
  readonly cycle: number;
  readonly round: number;
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
export function explore(cls: IncidentClass, machine = advance): Exploration {
  const first: Place = { cause: null, now: 1_000 * every, cycle: 1_000, round: 0 };
  const known = new Map([[keyOf(first), first]]);
  const transitions = new Map<string, Transition>();
  const found = new Set<string>();
  let steps = 0;
  for (const place of known.values()) {
    for (const event of exploredEvents) {
      const tried = attempt(place, event, cls, machine);
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
      for (const wrong of forbidden(place, event, step, after)) found.add(`${transition.from}, ${event}: ${wrong}`);
      const key = keyOf(after);
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
): { step: Step; after: Place } | null {
  const next = momentOf(place, event);
  const what = next && eventOf(place, event, next, cls);
  if (next === null || what === null) return null;
  const step = machine(place.cause, what, smallPolicy, next.now);
  const { cause } = step;
  return { step, after: { ...next, cause: cause && { ...cause, outbox: [] } } };
}

function momentOf({ cause, now, cycle, round }: Place, event: ExploredEvent): Omit<Place, "cause"> | null {
  switch (event) {
    case "bad, a confirmation":
    case "good, a confirmation":
      return round < 3 ? { now: now + 20 * second, cycle, round: round + 1 } : null;
    case "bad, next cycle":
    case "bad and worse, next cycle":
    case "good, next cycle":
    case "silence, next cycle":
      return { now: now + every, cycle: cycle + 1, round: 0 };
    case "tick, when due":
      return cause?.due == null ? null : { now: Math.max(now, cause.due), cycle, round };
    default:
      return { now, cycle, round };
  }
}

function eventOf(
  { cause }: Place,
  event: ExploredEvent,
  { now, cycle, round }: Omit<Place, "cause">,
  cls: IncidentClass,
): CauseEvent | null {
  const vote = (answer: Vote["answer"], changes: Partial<Vote> = {}, severity: "warning" | "critical" = "warning") => {
    const cast: Vote = { at: now, cycle, round, vantage: "here", answer, ...changes };
    const about = { ...context, severity };
    const rest = { context: about, sighted: ["here"], blinded: [], held: false, firstLook: null };
    return { kind: "vote", class: cls, subject: "192.0.2.1:25", vote: cast, ...rest } as const;
  };
  switch (event) {
    case "bad, a confirmation":
    case "bad, next cycle":
      return vote("bad");
    case "bad and worse, next cycle":
      return vote("bad", {}, "critical");
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
  }
}

/** All that the machine can tell apart; of times and counts, whether they have reached what it waits for. */
function keyOf({ cause, now, round }: Place): string {
  if (cause === null) return `nothing ${round}`;
  const { state, form, votes, clean, openings, incident, due } = cause;
  const ages = [smallPolicy.openSpan, every, smallPolicy.cleanFor].filter((ms) => now - cause.stateSince >= ms).length;
  const run = votes.slice(votes.findLastIndex(({ answer }) => answer !== votes.at(-1)?.answer) + 1);
  const span = (run.at(-1)?.at ?? 0) - (run[0]?.at ?? 0);
  const recent = openings.filter((at) => now - at < 60 * minute).length;
  return JSON.stringify([
    state,
    round,
    form,
    ages,
    votes.map(({ answer }) => answer[0]).join(""),
    span >= smallPolicy.openSpan,
    Math.min(new Set(run.map((vote) => vote.cycle)).size, smallPolicy.silentCycles),
    Math.min(clean, smallPolicy.window),
    Math.min(recent, smallPolicy.flapsPerHour),
    openings.length > recent,
    incident && (incident.endedAt === null ? openKey(incident, now) : "over"),
    due === null ? null : Math.sign(due - now),
    cause.context.severity,
  ]);
}

function openKey({ acknowledged, quiet, rate, remind }: Incident, now: number): readonly unknown[] {
  return [acknowledged === null, quiet, rate, remind.at <= now];
}
