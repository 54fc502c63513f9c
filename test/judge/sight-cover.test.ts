/** What is held back while those are blind by whose word it was opened, and what of their votes is taken back. */

import { describe, expect, it } from "vitest";
import { blindCover } from "../../lib/judge/sight/cover.ts";
import { withoutGaps } from "../../lib/judge/sight/gaps.ts";
import type { Cause, Vote } from "../../lib/model/incident.ts";
import { clearSight, type Sight } from "../../lib/model/sight.ts";
import { openCause } from "../fakes/causes.ts";

const now = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;

const seen = (seenFrom: readonly string[], over: Partial<Cause> = {}): Cause => {
  const cause = { ...openCause([]), subject: "60.0.0.1:25", ...over };
  return { ...cause, incident: cause.incident && { ...cause.incident, seenFrom } };
};
const off = (over: Partial<Sight> = {}): Sight => ({
  ...clearSight,
  state: "blind",
  by: "at-once",
  since: now - 90 * 60_000,
  why: "nobody answers",
  ...over,
});
const cover = (cause: Cause, sights: Readonly<Record<string, Sight | null>>) =>
  blindCover(cause, new Map(Object.entries(sights)), now);

describe("what a blind vantage saw", () => {
  it("is held where nobody else saw it, to the end of the hour since it went blind", () => {
    const held = { kind: "blind", id: "here", reason: "nobody answers", by: null, until: now + 30 * 60_000 };
    expect(cover(seen(["here"]), { here: off() })).toEqual(held);
    expect(cover(seen(["here"]), { here: off({ state: "doubtful" }) })).toEqual(held);
    expect(cover(seen(["here", "there"]), { here: off(), there: off() })).toEqual(held);
  });

  it.each<[string, Cause, Readonly<Record<string, Sight | null>>]>([
    ["another vantage saw it", seen(["here", "there"]), { here: off(), there: null }],
    ["others were blind", seen(["here"]), { there: off() }],
    ["it sees again", seen(["here"]), { here: off({ state: "sighted", by: null }) }],
    ["it is about its own blindness", seen(["here"], { class: "blind", subject: "here" }), { here: off() }],
    ["a date says it", seen(["here"], { class: "expiring" }), { here: off() }],
    ["canaries have no say over it", seen(["here"], { subject: "10.0.0.1:25" }), { here: off({ by: "canaries" }) }],
  ])("is told where %s", (_name, cause, sights) => {
    expect(cover(cause, sights)).toBe(null);
  });

  it("is held at a public address by the word of canaries", () => {
    expect(cover(seen(["here"]), { here: off({ by: "canaries" }) })).not.toBe(null);
  });

  it("was good once: votes alone don't hold what others opened", () => {
    const votes: Vote[] = [{ at: now - hour, cycle: 1, round: 0, vantage: "here", answer: "bad" }];
    expect(cover(seen(["there"], { votes }), { here: off() })).toBe(null);
  });
});

describe("votes of a gap", () => {
  const vote = (minutes: number, vantage = "here"): Vote => {
    return { at: now + minutes * 60_000, cycle: 1, round: 0, vantage, answer: "bad" };
  };
  const gaps = new Map([["here", [{ from: now, until: now + hour, by: "canaries" } as const]]]);

  it("are taken back, and no others", () => {
    const votes = [vote(-1), vote(0), vote(59), vote(60), vote(30, "there")];
    expect(withoutGaps(seen(["here"], { votes }), gaps).votes).toEqual([vote(-1), vote(60), vote(30, "there")]);
    const cause = seen(["here"], { votes: [vote(-1)] });
    expect(withoutGaps(cause, gaps)).toBe(cause);
  });

  it("stand where canaries have no say", () => {
    const cause = seen(["here"], { subject: "10.0.0.1:25", votes: [vote(30)] });
    expect(withoutGaps(cause, gaps)).toBe(cause);
  });
});
