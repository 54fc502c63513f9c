import { describe, expect, it } from "vitest";
import type { SightBatch, SightLook } from "../../lib/judge/sight/batch.ts";
import { gapsOf, isWithin } from "../../lib/judge/sight/gaps.ts";
import { afterBatch, afterTime, asked, isBelieved, isSighted, released, trusted } from "../../lib/judge/sight.ts";
import { clearSight, type Sight, type Witness, type WitnessRole } from "../../lib/model/sight.ts";

const every = 300_000;
const start = 1_000 * every;

type Mark = SightLook["mark"];

const look = (network: string, mark: Mark, over: Partial<SightLook> = {}): SightLook => ({
  key: `${network}.0.1:25`,
  slot: 0,
  at: start,
  network,
  suffix: null,
  isCanary: false,
  vouched: false,
  before: "tls",
  mark,
  ...over,
});
const canaryKeys = [1, 2, 3].map((number) => `canary ${number}`);
const canary = (number: number, mark: Mark, over: Partial<SightLook> = {}): SightLook =>
  look(`9.${number}`, mark, { key: `canary ${number}`, isCanary: true, ...over });
const canaries = (mark: Mark, at = start) => [1, 2, 3].map((number) => canary(number, mark, { at }));
const targets = (count: number, mark: Mark, networks = count, over: Partial<SightLook> = {}) =>
  Array.from({ length: count }, (_, at) => look(`60.${at % networks}`, mark, { key: `t${at}`, slot: at, ...over }));

let slices = 0;
/** Each batch of a slice of its own, unless it names one. */
function next(sight: Sight | null, over: Partial<SightBatch>, now = start): Sight {
  slices++;
  const batch = { cycle: 1_000, round: 0, slice: slices, part: 0, looks: [], canaries: [], ...over };
  return afterBatch(sight, batch, { now, everyMs: every });
}

/** Batches one after the other, each in a cycle of its own unless it names one. */
function sightAfter(...batches: readonly Partial<SightBatch>[]): Sight {
  return batches.reduce<Sight>(
    (sight, batch, at) => next(sight, { cycle: 1_000 + at, ...batch }, start + at * every),
    clearSight,
  );
}

const witness = (key: string, role: WitnessRole): Witness => ({ key, slice: 1, slot: 0, role });
const askAll = (sight: Sight, role: WitnessRole, keys: readonly string[], now = start): Sight =>
  asked(
    sight,
    keys.map((key) => witness(key, role)),
    { now, everyMs: every },
  );

/** Six that got worse at once are asked again, and get these answers 20 s later. */
function askedAgain(marks: readonly Mark[], well: readonly Mark[] = []): Sight {
  const doubt = next(null, { looks: targets(6, "clear") });
  const witnesses = [
    ...marks.map((_, at) => witness(`t${at}`, "worse")),
    ...well.map((_, at) => witness(`w${at}`, "well")),
  ];
  const at = start + 20_000;
  const looks = [
    ...marks.map((mark, slot) => look("60.0", mark, { key: `t${slot}`, at })),
    ...well.map((mark, slot) => look("70.0", mark, { key: `w${slot}`, at })),
  ];
  return next(asked(doubt, witnesses, { now: start, everyMs: every }), { looks, round: 1 }, at);
}

const blindOf = (mark: "clear" | "no-answer" = "no-answer"): Sight => {
  const doubt = next(null, { looks: targets(6, mark) });
  const keys = targets(6, mark).map(({ key }) => key);
  const looks = targets(6, mark, 6, { at: start + 20_000 });
  return next(askAll(doubt, "worse", keys), { looks, round: 1 }, start + 20_000);
};

const blindByCanaries = (): Sight => {
  const doubt = next(null, { looks: canaries("no-answer"), canaries: canaryKeys });
  const looks = canaries("no-answer", start + 5_000);
  return next(askAll(doubt, "canary", canaryKeys), { looks, round: 1, canaries: canaryKeys }, start + 5_000);
};

describe("a change at once", () => {
  it.each<[string, "clear" | "no-answer", string]>([
    ["nobody answers", "no-answer", "nothing-answers"],
    ["everybody lost STARTTLS", "clear", "no-starttls"],
  ])("is doubted where %s, and blindness where most are so still", (_name, mark, kind) => {
    expect(next(null, { looks: targets(5, mark) })).toMatchObject({ state: "doubtful", by: "at-once", kind });
    expect(blindOf(mark)).toMatchObject({ state: "blind", by: "at-once", kind, troubleSince: start - every });
  });

  it.each<[string, readonly SightLook[]]>([
    ["four targets", targets(4, "clear")],
    ["two networks", targets(8, "clear", 2)],
    ["one provider in many networks", targets(8, "clear", 8, { suffix: "mail.example" })],
    ["less than half", [...targets(5, "clear"), ...targets(6, "tls")]],
    ["what was not well before", targets(9, "clear", 9, { before: "clear" })],
  ])("isn't that of %s", (_name, looks) => {
    expect(isSighted(next(null, { looks }))).toBe(true);
  });

  it("adds up over the batches of a cycle, and not over cycles", () => {
    const [some, more] = [targets(3, "clear"), targets(6, "clear").slice(3)];
    expect(sightAfter({ looks: some, cycle: 7 }, { looks: more, cycle: 7 }).state).toBe("doubtful");
    expect(sightAfter({ looks: some, cycle: 7 }, { looks: more, cycle: 8 }).state).toBe("sighted");
  });

  it("counts a batch that is delivered twice once", () => {
    const batch = { looks: targets(3, "clear"), cycle: 7, slice: 5 };
    const twice = sightAfter(batch, batch);
    expect(twice.tally).toMatchObject({ plain: 3, batches: ["5.0"] });
    expect(sightAfter(batch, { ...batch, part: 1 }).tally).toMatchObject({ plain: 6 });
  });

  it("isn't seen in looks that confirm", () => {
    expect(next(null, { looks: targets(9, "clear"), round: 1 }).state).toBe("sighted");
  });

  it("is none when later batches of the cycle are well; a later cycle's don't count", () => {
    const doubt = next(null, { looks: targets(5, "clear") });
    expect(next(doubt, { looks: targets(9, "tls") }).state).toBe("sighted");
    expect(next(doubt, { looks: targets(9, "tls"), cycle: 1_001 }).state).toBe("doubtful");
  });

  it("was a blip when less than half of those asked are bad still: that speaks for nothing later", () => {
    const sight = askedAgain(["clear", "clear", "tls", "tls", "tls", "tls"]);
    expect(sight).toMatchObject({ state: "sighted", trustedUntil: 0, troubleSince: null, gaps: [] });
    expect(askedAgain(["clear", "clear", "clear", "tls", "tls", "tls"]).state).toBe("blind");
  });

  it("is out there where others are well still, and is believed for two cycles", () => {
    const sight = askedAgain(["clear", "clear", "clear"], ["tls", "tls", "tls"]);
    expect(sight).toMatchObject({ state: "sighted", trustedUntil: start + 20_000 + 2 * every });
    const again = { looks: targets(6, "clear"), cycle: 1_001 };
    expect(next(sight, again, start + every).state).toBe("sighted");
    expect(next(sight, again, start + 3 * every).state).toBe("doubtful");
    expect(askedAgain(["clear", "clear", "clear"], ["clear", "no-answer", "tls"]).state).toBe("blind");
  });

  it("waits for those who could change it, and for looks made since", () => {
    const doubt = askAll(next(null, { looks: targets(6, "clear") }), "worse", ["t0", "t1", "t2", "t3"]);
    const answer = (marks: readonly Mark[], at = start + 20_000) =>
      next(doubt, { looks: marks.map((mark, slot) => look("60.0", mark, { key: `t${slot}`, at })), round: 1 }, at);
    expect(answer(["clear"]).state).toBe("doubtful");
    expect(answer(["clear", "clear"]).state).toBe("blind");
    expect(answer(["tls", "tls"]).state).toBe("doubtful");
    expect(answer(["tls", "tls", "tls"]).state).toBe("sighted");
    expect(answer(["clear", "clear"], start - 1).state).toBe("doubtful");
  });

  it("is settled by time with those who were heard, and asked about again where nobody was", () => {
    const doubt = askAll(next(null, { looks: targets(6, "clear") }), "worse", ["t0", "t1", "t2", "t3"]);
    expect(afterTime(doubt, start + 119_999)).toBe(doubt);
    expect(afterTime(doubt, start + 120_000)).toMatchObject({ state: "doubtful", inquiry: null });
    const one = next(doubt, { looks: [look("60.0", "clear", { key: "t0", at: start + 1 })], round: 1 }, start + 1);
    expect(afterTime(one, start + 120_000).state).toBe("blind");
    expect(afterTime(clearSight, start)).toBe(clearSight);
  });

  it("is believed where nobody is left to be asked", () => {
    expect(askAll(next(null, { looks: targets(6, "clear") }), "worse", []).state).toBe("sighted");
  });

  it("is settled by canaries where they are asked: well, it is believed; failing, it is blind by their word", () => {
    const doubt = askAll(next(null, { looks: targets(6, "clear"), canaries: canaryKeys }), "canary", canaryKeys);
    const answer = (mark: Mark) => next(doubt, { looks: canaries(mark), canaries: canaryKeys, round: 1 });
    expect(answer("clear")).toMatchObject({ state: "blind", by: "canaries", kind: "no-starttls" });
    expect(answer("tls")).toMatchObject({ state: "sighted", trustedUntil: start + 2 * every });
  });
});

describe("canaries", () => {
  const bad = { looks: canaries("no-answer"), canaries: canaryKeys };

  it("make it doubtful when most of them fail, and blind when they do so again", () => {
    expect(next(null, bad)).toMatchObject({ state: "doubtful", by: "canaries" });
    expect(blindByCanaries()).toMatchObject({ state: "blind", by: "canaries", kind: "nothing-answers" });
    const doubt = askAll(next(null, bad), "canary", canaryKeys);
    expect(next(doubt, { looks: canaries("tls"), canaries: canaryKeys, round: 1 }).state).toBe("sighted");
  });

  it("may fail alone", () => {
    const one = { looks: [canary(1, "no-answer"), canary(2, "tls"), canary(3, "tls")], canaries: canaryKeys };
    expect(sightAfter(one, one, one).state).toBe("sighted");
  });

  it("are remembered from batch to batch, and forgotten with the operator's list", () => {
    const first = { looks: [canary(1, "no-answer")], canaries: canaryKeys };
    const second = { looks: [canary(2, "no-answer")], canaries: canaryKeys };
    expect(sightAfter(first).state).toBe("sighted");
    expect(sightAfter(first, second).state).toBe("doubtful");
    expect(sightAfter(first, { ...second, canaries: canaryKeys.slice(1) }).state).toBe("sighted");
  });

  it("have no say over private addresses that the operator vouches for, and over those alone", () => {
    const entry = (address: string, allowPrivate: boolean) => ({
      allowPrivate,
      target: { address, port: 25, tls: "starttls" } as const,
    });
    const blind = blindByCanaries();
    expect(isBelieved(blind, entry("10.0.0.1", true))).toBe(true);
    expect(isBelieved(blind, entry("203.0.112.1", true))).toBe(false);
    expect(isBelieved(blind, entry("10.0.0.1", false))).toBe(false);
    expect(isBelieved(blindOf(), entry("10.0.0.1", true))).toBe(false);
  });
});

describe("sight that comes back", () => {
  const cycles = (sight: Sight, ...batches: readonly Partial<SightBatch>[]): Sight =>
    batches.reduce((each, batch, at) => {
      const now = start + (at + 1) * every;
      const looks = batch.looks?.map((one) => ({ ...one, at: now })) ?? [];
      return next(each, { cycle: 1_001 + at, ...batch, looks }, now);
    }, sight);
  const well = { looks: targets(6, "tls") };
  const bad = { looks: targets(6, "no-answer") };

  it("takes two looks in two cycles, of most of what was well before", () => {
    expect(cycles(blindOf(), well).state).toBe("blind");
    expect(cycles(blindOf(), well, well).state).toBe("sighted");
    expect(cycles(blindOf(), { ...well, cycle: 5 }, { ...well, cycle: 5 }).state).toBe("blind");
    expect(cycles(blindOf(), well, bad, well).state).toBe("blind");
    const half = { looks: [...targets(3, "tls"), ...targets(6, "clear").slice(3)] };
    expect(cycles(blindOf(), half, half).state).toBe("blind");
  });

  it("is seen in targets that came since, where those from before have left", () => {
    const fresh = { looks: targets(2, "tls", 2, { before: "not-tried" }) };
    expect(cycles(blindOf(), fresh, fresh).state).toBe("sighted");
    const never = { looks: targets(2, "clear", 2, { before: "not-tried" }) };
    expect(cycles(blindOf(), never, never).state).toBe("blind");
  });

  it("leaves the gap since its trouble began, up to the looks that said so", () => {
    const sight = cycles(blindOf(), well, well);
    const gaps = [{ from: start - every, until: start + 2 * every, by: "at-once" }];
    expect(sight).toMatchObject({ gaps, troubleSince: null, releaseAt: start + 2 * every });
    expect(isWithin(gapsOf(sight), start, false)).toBe(true);
    expect(isWithin(gapsOf(sight), start + 2 * every, false)).toBe(false);
    expect(isWithin(gapsOf(blindOf()), start + 99 * every, false)).toBe(true);
    expect(isWithin(gapsOf(blindByCanaries()), start, true)).toBe(false);
    expect(gapsOf(next(null, { looks: targets(6, "clear") }))).toEqual([]);
  });

  it("is told by canaries where they said that it was lost, and by targets when there are none any more", () => {
    const others = { looks: targets(6, "tls"), canaries: canaryKeys };
    expect(cycles(blindByCanaries(), others, others).state).toBe("blind");
    const seen = { looks: canaries("tls"), canaries: canaryKeys };
    expect(cycles(blindByCanaries(), seen, seen).state).toBe("sighted");
    expect(cycles(blindByCanaries(), well, well).state).toBe("sighted");
    expect(cycles(blindOf(), others, others).state).toBe("sighted");
  });

  it("releases what was held a few times, and not for ever", () => {
    let sight = cycles(blindOf(), well, well);
    const times: number[] = [];
    while (sight.releaseAt !== null) {
      times.push(sight.releaseAt - sight.since);
      sight = released(sight, sight.releaseAt);
    }
    expect(times).toEqual([0, 60_000, 120_000, 180_000]);
  });
});

describe("the operator's word", () => {
  it("gives the vote back, and keeps it for as long as was said; nothing is taken back", () => {
    const said = trusted(blindOf("clear"), "Ada", start + 10 * every, start);
    expect(said).toMatchObject({ state: "sighted", trustedBy: "Ada", gaps: [] });
    const batch = { cycle: 1_005, looks: [...targets(6, "clear"), ...canaries("clear")], canaries: canaryKeys };
    expect(next(said, batch, start + 9 * every).state).toBe("sighted");
    expect(isSighted(next(said, batch, start + 11 * every))).toBe(false);
  });
});

describe("a steady batch", () => {
  it("changes nothing, so that nothing is written", () => {
    const steady = { looks: [...targets(9, "tls"), ...canaries("tls")], canaries: canaryKeys };
    expect(next(clearSight, steady)).toBe(clearSight);
    const blind = blindOf();
    expect(next(blind, { looks: targets(6, "no-answer"), cycle: 1_001 })).toBe(blind);
  });

  it("is counted only while the cycle looks like a change at once", () => {
    const one = next(null, { looks: targets(1, "clear") });
    expect(next(one, { looks: targets(9, "tls") })).toBe(one);
  });
});
