import { describe, expect, it } from "vitest";
import { afterBatch, isBelieved, isSighted, type SightBatch, type SightLook, trusted } from "../../lib/judge/sight.ts";
import { networkOf } from "../../lib/model/network.ts";
import type { CycleMark } from "../../lib/model/roster.ts";
import { clearSight, type Sight } from "../../lib/model/sight.ts";

const every = 300_000;
const start = 1_000 * every;

const look = (network: string, mark: CycleMark, over: Partial<SightLook> = {}): SightLook => {
  return { key: `${network}.0.1:25`, network, isCanary: false, before: "tls", mark, ...over };
};
const canary = (number: number, mark: CycleMark): SightLook =>
  look(`9.${number}`, mark, { key: `canary ${number}`, isCanary: true });
const canaries = (mark: CycleMark) => [1, 2, 3].map((number) => canary(number, mark));
const targets = (count: number, mark: CycleMark, networks = count) =>
  Array.from({ length: count }, (_, at) => look(`10.${at % networks}`, mark, { key: `t${at}` }));

/** Batches one after the other, each in a cycle of its own unless it names one. */
function sightAfter(...batches: readonly Partial<SightBatch>[]): Sight {
  let sight: Sight | null = null;
  batches.forEach((batch, at) => {
    const cycle = batch.cycle ?? 1_000 + at;
    const given = { cycle, round: 0, looks: [], canaries: 0, ...batch };
    sight = afterBatch(sight, given, { now: start + at * every, everyMs: every });
  });
  return sight ?? clearSight;
}

describe("a change at once", () => {
  it.each<[string, CycleMark, string]>([
    ["nobody answers", "no-answer", "nothing-answers"],
    ["everybody lost STARTTLS", "clear", "no-starttls"],
  ])("is laid to the vantage where %s: without canaries it is blind at once", (_name, mark, kind) => {
    expect(sightAfter({ looks: targets(5, mark) })).toMatchObject({ state: "blind", by: "at-once", kind });
  });

  it.each<[string, readonly SightLook[]]>([
    ["four targets", targets(4, "clear")],
    ["two networks", targets(8, "clear", 2)],
    ["less than half", [...targets(5, "clear"), ...targets(6, "tls")]],
    ["what was not well before", targets(9, "clear").map((each) => ({ ...each, before: "clear" as const }))],
    ["what was not looked at", targets(9, "not-tried")],
  ])("isn't that of %s", (_name, looks) => {
    expect(isSighted(sightAfter({ looks }))).toBe(true);
  });

  it("adds up over the batches of a cycle, and not over cycles", () => {
    const [some, more] = [targets(3, "clear"), targets(6, "clear").slice(3)];
    expect(sightAfter({ looks: some, cycle: 7 }, { looks: more, cycle: 7 }).state).toBe("blind");
    expect(sightAfter({ looks: some, cycle: 7 }, { looks: more, cycle: 8 }).state).toBe("sighted");
  });

  it("isn't seen in looks that confirm", () => {
    expect(sightAfter({ looks: targets(9, "clear"), round: 1 }).state).toBe("sighted");
  });

  it("is doubted with canaries, which decide: well, it is believed for two cycles; failing, it is blind", () => {
    const doubt = { looks: targets(6, "clear"), canaries: 3 };
    expect(sightAfter(doubt)).toMatchObject({ state: "doubtful", by: "at-once" });
    expect(sightAfter(doubt, { looks: canaries("clear"), canaries: 3 })).toMatchObject({
      state: "blind",
      kind: "no-starttls",
    });
    const well = sightAfter(doubt, { looks: canaries("tls"), canaries: 3 });
    expect(well).toMatchObject({ state: "sighted", trustedUntil: start + 3 * every });
    const again = afterBatch(well, { cycle: 9, round: 0, ...doubt }, { now: start + 2 * every, everyMs: every });
    expect(again.state).toBe("sighted");
    const inOne = sightAfter({ looks: [...targets(6, "clear"), ...canaries("tls")], canaries: 3 });
    expect(inOne.state).toBe("sighted");
  });
});

describe("canaries", () => {
  it("make it doubtful when most of them fail, and blind when they do so again", () => {
    const bad = { looks: canaries("no-answer"), canaries: 3 };
    expect(sightAfter(bad)).toMatchObject({ state: "doubtful", by: "canaries" });
    expect(sightAfter(bad, bad)).toMatchObject({ state: "blind", by: "canaries", kind: "nothing-answers" });
    expect(sightAfter(bad, { looks: canaries("tls"), canaries: 3 }).state).toBe("sighted");
  });

  it("may fail alone", () => {
    const one = { looks: [canary(1, "no-answer"), canary(2, "tls"), canary(3, "tls")], canaries: 3 };
    expect(sightAfter(one, one, one).state).toBe("sighted");
  });

  it("are remembered from batch to batch", () => {
    const first = { looks: [canary(1, "no-answer")], canaries: 3 };
    const second = { looks: [canary(2, "no-answer")], canaries: 3 };
    expect(sightAfter(first).state).toBe("sighted");
    expect(sightAfter(first, second).state).toBe("doubtful");
  });

  it("have no say over what the operator vouches for", () => {
    const blind = sightAfter({ looks: canaries("clear"), canaries: 3 }, { looks: canaries("clear"), canaries: 3 });
    expect(isBelieved(blind, { allowPrivate: true })).toBe(true);
    expect(isBelieved(blind, { allowPrivate: false })).toBe(false);
    expect(isBelieved(sightAfter({ looks: targets(5, "clear") }), { allowPrivate: true })).toBe(false);
  });
});

describe("sight that comes back", () => {
  const blind = { looks: targets(6, "no-answer") };

  it("takes two looks in two cycles, of most of what was well before", () => {
    const well = { looks: targets(6, "tls") };
    expect(sightAfter(blind, well).state).toBe("blind");
    expect(sightAfter(blind, well, well).state).toBe("sighted");
    expect(sightAfter(blind, { ...well, cycle: 5 }, { ...well, cycle: 5 }).state).toBe("blind");
    expect(sightAfter(blind, well, blind, well).state).toBe("blind");
    const half = { looks: [...targets(3, "tls"), ...targets(6, "clear").slice(3)] };
    expect(sightAfter(blind, half, half).state).toBe("blind");
  });

  it("is told by canaries where there are some", () => {
    const both = [
      { looks: canaries("clear"), canaries: 3 },
      { looks: canaries("clear"), canaries: 3 },
    ];
    const well = { looks: canaries("tls"), canaries: 3 };
    expect(
      sightAfter(...both, { looks: targets(6, "tls"), canaries: 3 }, { looks: targets(6, "tls"), canaries: 3 }).state,
    ).toBe("blind");
    expect(sightAfter(...both, well, well).state).toBe("sighted");
  });
});

describe("the operator's word", () => {
  it("gives the vote back, and keeps it for as long as was said", () => {
    const said = trusted(sightAfter({ looks: targets(6, "clear") }), "Ada", start + 10 * every, start);
    expect(said).toMatchObject({ state: "sighted", trustedBy: "Ada" });
    const batch = { cycle: 5, round: 0, looks: [...targets(6, "clear"), ...canaries("clear")], canaries: 3 };
    expect(afterBatch(said, batch, { now: start + 9 * every, everyMs: every }).state).toBe("sighted");
    expect(isSighted(afterBatch(said, batch, { now: start + 11 * every, everyMs: every }))).toBe(false);
  });
});

describe("a steady batch", () => {
  it("changes nothing, so that nothing is written", () => {
    const steady = { cycle: 5, round: 0, looks: [...targets(9, "tls"), ...canaries("tls")], canaries: 3 };
    expect(afterBatch(clearSight, steady, { now: start, everyMs: every })).toBe(clearSight);
  });
});

describe("unrelated networks", () => {
  it.each([
    ["192.0.2.1", "192.0"],
    ["2001:db8:1::1", "2001:db8"],
    ["2001:db8::1", "2001:db8"],
    ["::1", "0:0"],
  ])("%s is in %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
