/** What no step of the incident machine may ever do, each said in the words that a failure is shown by. */

import type { Step } from "../../lib/judge/incident.ts";
import type { Cause } from "../../lib/model/incident.ts";
import type { ExploredEvent, Extent, Place } from "./explore.ts";

interface Taken {
  readonly before: Cause | null;
  readonly after: Cause | null;
  readonly event: ExploredEvent;
  readonly step: Step;
  readonly tells: readonly string[];
  readonly now: number;
  readonly extent: Extent;
  readonly sighted: readonly string[];
}

const isOpen = (cause: Cause | null) => cause !== null && cause.incident !== null && cause.incident.endedAt === null;
const isBad = (event: ExploredEvent) => event.startsWith("bad");
const isGood = (event: ExploredEvent) => event.startsWith("good");
const hasCertainEnd = ({ before }: Taken) => before?.class === "expiring";
const wordFrom = (cause: Cause | null, from: string, since = 0) =>
  cause?.votes.findLast(({ vantage, at }) => vantage === from && at >= since)?.answer;
const begins = ["opened", "flapping"];
const ends = ["recovered", "gone"];

/** The name of each rule is what was broken; it answers true where it is. */
export const rules: Readonly<Record<string, (taken: Taken) => boolean>> = {
  "an incident stands open in a state that isn't open or recovering, or the other way round": ({ after }) =>
    isOpen(after) !== (after?.state === "open" || after?.state === "recovering"),
  "silence changes something": ({ before, after, event }) => event === "silence, next cycle" && before !== after,
  "a look that is late, or delivered again, changes something": ({ step, event, before }) =>
    (event === "bad, but late" || event === "the last look again") && step.cause !== before,
  "something is opened by what isn't a bad look, unless it shows that vantages disagree": ({ before, after, event }) =>
    isOpen(after) && !isOpen(before) && !isBad(event) && after?.form !== "partial",
  "it is partial and nobody sees it well, or nobody sees it bad": ({ before, after, sighted }) => {
    const words = sighted.map((vantage) => wordFrom(after, vantage));
    return (
      after?.form === "partial" && before?.form !== "partial" && !(words.includes("good") && words.includes("bad"))
    );
  },
  "it opens as steady against the word of a vantage": ({ before, after, sighted }) =>
    isOpen(after) &&
    !isOpen(before) &&
    after?.form === "steady" &&
    after.class === "cleartext" &&
    sighted.some((vantage) => wordFrom(after, vantage, after.incident?.since) === "good"),
  "it recovers, or seems to, while a vantage with a vote saw it bad last": ({ before, after, sighted }) =>
    after?.class !== "expiring" &&
    before?.state === "open" &&
    after?.state !== "open" &&
    !(isOpen(before) && after?.incident?.ended === "gone") &&
    sighted.some((vantage) => wordFrom(after, vantage) === "bad"),
  "it opens and nobody is told": ({ before, after, tells }) =>
    isOpen(after) && !isOpen(before) && !begins.includes(tells[0] ?? ""),
  "it ends and nobody is told, or it is told and doesn't end": ({ before, after, tells }) =>
    (isOpen(before) && !isOpen(after)) !== ends.includes(tells.at(-1) ?? ""),
  "an incident takes the place of an open one": ({ before, after }) =>
    isOpen(before) && before?.incident?.id !== after?.incident?.id,
  "it recovers without a good look": (taken) =>
    taken.tells.includes("recovered") && !isGood(taken.event) && !hasCertainEnd(taken),
  "it is gone while it is there": ({ tells, event }) => tells.includes("gone") && event !== "gone",
  "it stays open when it is gone": ({ after, event }) => event === "gone" && isOpen(after),
  "it is suspected when it is gone": ({ after, event }) => event === "gone" && after?.state === "suspected",
  "a reminder of what is acknowledged, or of what flaps": ({ before, step, tells, now, extent }) => {
    if (!tells.includes("reminder") || before?.incident == null) return false;
    const { acknowledged, quiet } = before.incident;
    const isKnown = acknowledged !== null && now - acknowledged.at < extent.policy.acknowledgedFor;
    return quiet || isKnown || step.owed.some(({ alert }) => (alert.lapsed === null) !== (acknowledged === null));
  },
  "second contacts are told too early, or of what somebody knows of, what flaps, or what isn't open": ({
    before,
    event,
    tells,
    now,
  }) => {
    if (!tells.includes("escalated")) return false;
    const { acknowledged = null, quiet = false, escalations = null } = before?.incident ?? {};
    const isDue = (escalations?.[0]?.at ?? now + 1) <= now;
    return event !== "tick, when due" || before?.state !== "open" || acknowledged !== null || quiet || !isDue;
  },
  "nobody acknowledged it in time, and the second contacts aren't told": ({ before, event, tells, now }) => {
    if (event !== "tick, when due" || before?.state !== "open" || before.incident === null) return false;
    const { acknowledged, quiet, escalations } = before.incident;
    return acknowledged === null && !quiet && (escalations?.[0]?.at ?? now + 1) <= now && !tells.includes("escalated");
  },
  "the first contacts, or second ones who know of it, are told that it was escalated": ({ before, step }) =>
    step.owed.some(({ alert, reach }) => {
      const known = before?.incident?.escalated ?? 0;
      return alert.kind === "escalated" && (reach.over !== known || reach.upTo <= known);
    }),
  "who was told of it, and nobody else, isn't told what becomes of it": ({ before, step }) =>
    step.owed.some(({ alert, reach }) => {
      const known = before?.incident?.id === alert.incident ? before.incident.escalated : 0;
      return alert.kind !== "escalated" && (reach.over !== -1 || reach.upTo !== known);
    }),
  "it tells two things at once": ({ tells }) => tells.length > 1,
  "a flapping incident tells more than its end": ({ before, tells }) =>
    isOpen(before) && before?.incident?.quiet === true && tells.some((kind) => !ends.includes(kind)),
  "a number is left out or used twice": ({ before, after, tells }) => {
    const sameIncident = before?.incident?.id === after?.incident?.id;
    const earlier = sameIncident ? (before?.incident?.messages ?? 0) : 0;
    return (after?.incident?.messages ?? 0) !== earlier + tells.length;
  },
  "a bad look doesn't wake anybody: nothing is asked for, due or open": ({ after, event, step }) =>
    event === "bad, next cycle" &&
    after?.state === "suspected" &&
    after.class === "cleartext" &&
    step.confirm === null &&
    after.due === null,
  "the clock is to look at it again at once, for ever": ({ after, event, tells, now }) =>
    // A reminder may be due when second contacts are told; of these there are ever fewer.
    event === "tick, when due" && !tells.includes("escalated") && after?.due != null && after.due <= now,
  "looks are asked for by what was not written": ({ before, step }) =>
    step.cause === before && (step.confirm !== null || step.owed.length > 0),
  "more answers are kept than the window of each vantage holds": ({ after, extent: { policy, vantages } }) =>
    (after?.votes.length ?? 0) > policy.window * vantages.length,
};

export function forbidden(
  { cause: before }: Place,
  event: ExploredEvent,
  step: Step,
  { cause: after, now, isBlind }: Place,
  extent: Extent,
): readonly string[] {
  const sighted = extent.vantages.filter((vantage) => !(isBlind && vantage === "there"));
  const tells = step.owed.map(({ alert }) => alert.kind);
  const taken: Taken = {
    before,
    after: step.cause === before ? before : after,
    event,
    step,
    tells,
    now,
    extent,
    sighted,
  };
  return Object.entries(rules)
    .filter(([, isBroken]) => isBroken(taken))
    .map(([rule]) => rule);
}
