import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { advance, type CauseEvent } from "../../lib/judge/incident.ts";
import type { Cause, Incident } from "../../lib/model/incident.ts";
import type { IncidentPolicy } from "../../lib/model/policy.ts";
import { cleanLoss, plainBackend } from "./detection.ts";
import { incidentsDocument, manners } from "./document.ts";
import { explore, secondContacts, twoVantages } from "./explore.ts";

type Advance = typeof advance;

describe("the incident machine, walked through every state by every event", () => {
  it.each(manners)("does nothing that is forbidden ($title)", ({ class: cls }) => {
    const { states, forbidden } = explore(cls);
    expect(states).toBeGreaterThan(1_000);
    expect(forbidden).toEqual([]);
  });

  it("nor from two vantages, of which one can go blind", () => {
    const { states, forbidden, transitions } = explore("cleartext", advance, twoVantages);
    expect(states).toBeGreaterThan(1_000);
    expect(forbidden).toEqual([]);
    const opens = transitions.filter(
      ({ from, to, tells }) => from === "suspected" && to === "open" && tells.length > 0,
    );
    expect(new Set(opens.map(({ event }) => event))).toContain("good, but from there");
  });

  it("nor with second contacts, who are told in their turn", () => {
    const { states, forbidden, transitions } = explore("cleartext", advance, secondContacts);
    expect(states).toBeGreaterThan(1_000);
    expect(forbidden).toEqual([]);
    expect(transitions.some(({ tells }) => tells.includes("escalated"))).toBe(true);
  });

  /** What the machine answers to one kind of event is put in the place of another's. */
  const taking =
    (from: CauseEvent["kind"], change: (event: CauseEvent) => CauseEvent): Advance =>
    (cause, event, policy, now) =>
      advance(cause, event.kind === from ? change(event) : event, policy, now);
  const under =
    (changes: Partial<IncidentPolicy>): Advance =>
    (cause, event, policy, now) =>
      advance(cause, event, { ...policy, ...changes }, now);
  const rewritten =
    (change: (cause: Cause) => Cause): Advance =>
    (cause, event, policy, now) => {
      const step = advance(cause, event, policy, now);
      return step.cause === null || step.cause === cause ? step : { ...step, cause: change(step.cause) };
    };

  it.each<[string, Advance]>([
    [
      "silence changes something",
      taking("vote", (event) =>
        event.kind === "vote" && event.vote.answer === "none"
          ? { ...event, vote: { ...event.vote, answer: "good" } }
          : event,
      ),
    ],
    ["it stays open when it is gone", taking("gone", () => ({ kind: "tick" }))],
    ["more answers are kept than the window of each vantage holds", under({ window: 6 })],
    [
      "a number is left out or used twice",
      rewritten((cause) =>
        cause.incident === null ? cause : { ...cause, incident: { ...cause.incident, messages: 1 } },
      ),
    ],
    ["an incident stands open in a state that isn't", rewritten((cause) => ({ ...cause, state: "clear" }))],
  ])("is found out where %s", (rule, machine) => {
    expect(explore("cleartext", machine).forbidden.join("\n")).toContain(rule);
  });

  const atTick =
    (change: (incident: Incident) => Incident): Advance =>
    (cause, event, policy, now) => {
      const isAsked = event.kind === "tick" && cause !== null && cause.incident !== null;
      const asked = isAsked ? { ...cause, incident: change(cause.incident) } : cause;
      return advance(asked, event, policy, now);
    };

  it.each<[string, Advance]>([
    ["of what somebody knows of", atTick((incident) => ({ ...incident, acknowledged: null }))],
    ["nobody acknowledged it in time", atTick((incident) => ({ ...incident, escalations: [] }))],
    ["second ones who know of it, are told", atTick((incident) => ({ ...incident, escalated: 0 }))],
    [
      "isn't told what becomes of it",
      (cause, event, policy, now) => {
        const step = advance(cause, event, policy, now);
        const all = { over: -1, upTo: Number.POSITIVE_INFINITY };
        return { ...step, owed: step.owed.map((entry) => ({ ...entry, reach: all })) };
      },
    ],
  ])("is found out where it says of second contacts: %s", (rule, machine) => {
    expect(explore("cleartext", machine, secondContacts).forbidden.join("\n")).toContain(rule);
  });
});

describe("a loss is told", () => {
  it("within 90 seconds and one interval, 99 times of 100", async () => {
    expect((await cleanLoss(300)).p99).toBeLessThanOrEqual(90_000 + 300_000);
  });

  it("of one backend among eight, within two hours on average", () => {
    expect(plainBackend(8, 5_000).mean).toBeLessThanOrEqual(2 * 3_600_000);
  });
});

it("docs/incidents.md is what the code gives: run `npm run docs` after a change", async () => {
  const document = readFileSync(new URL("../../docs/incidents.md", import.meta.url), "utf8");
  expect(document).toBe(await incidentsDocument());
});
