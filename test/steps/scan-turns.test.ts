import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { mayBegin, rhythmOf, turnAt } from "../../lib/steps/scan-turns.ts";

const minute = 60_000;
const day = 1_440 * minute;
const every = 5 * minute;

describe("how the operator's pace goes with the interval", () => {
  test.each<[string, Parameters<typeof rhythmOf>, ReturnType<typeof rhythmOf>]>([
    ["the default on AWS", [{ connections: 2, perMs: minute }, every, 20_000], { most: 1, stride: 1, gapMs: 30_000 }],
    ["in one process", [{ connections: 2, perMs: minute }, every, 120_000], { most: 5, stride: 1, gapMs: 30_000 }],
    ["one beside each look", [{ connections: 1, perMs: every }, every, 120_000], { most: 1, stride: 1, gapMs: every }],
    [
      "slower than the looks",
      [{ connections: 1, perMs: 60 * minute }, every, 120_000],
      { most: 1, stride: 12, gapMs: 60 * minute },
    ],
    ["faster looks", [{ connections: 2, perMs: minute }, 1_000, 120_000], { most: 1, stride: 30, gapMs: 30_000 }],
  ])("%s", (_, [pace, everyMs, holdMs], rhythm) => {
    expect(rhythmOf(pace, everyMs, holdMs)).toEqual(rhythm);
  });

  it("never makes more connections in any stretch of time than the pace has", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1_000, max: day }),
        fc.integer({ min: 1_000, max: 60 * minute }),
        (connections, perMs, everyMs) => {
          const { most, stride, gapMs } = rhythmOf({ connections, perMs }, everyMs, 120_000);
          expect(gapMs * connections).toBeGreaterThanOrEqual(perMs);
          // From the last one of a turn to the first of the next.
          expect(stride * everyMs - (most - 1) * gapMs).toBeGreaterThanOrEqual(gapMs);
        },
      ),
      { seed: 5 },
    );
  });
});

describe("the turns of a target", () => {
  const clock = { everyMs: every, scanEveryMs: day };
  const rhythm = rhythmOf({ connections: 2, perMs: minute }, every, 20_000);

  it.each(["grade", "full"] as const)("ask each answer of a %s scan again once, before any twice", (depth) => {
    const period = Math.max(day / every, depth === "full" ? 600 : 60);
    const asked = Array.from({ length: period }, (_, at) =>
      turnAt("192.0.2.1:25", 5_000_000 + at, depth, rhythm, clock),
    );
    const again = asked.flatMap((turn) => turn?.again ?? []).sort((a, b) => a - b);
    expect(again).toEqual(Array.from({ length: depth === "full" ? 600 : 60 }, (_, at) => at));
  });

  it("are spread over a fleet: in no cycle do many begin", () => {
    const fleet = Array.from({ length: 20_000 }, (_, at) => `192.0.${at >> 8}.${at & 255}:25`);
    const begin = Array.from({ length: 12 }, (_, at) => {
      return fleet.filter((key) => turnAt(key, 5_000_000 + at, "grade", rhythm, clock)?.again === 0).length;
    });
    // 69 on the average.
    expect(Math.max(...begin)).toBeLessThan(140);
    expect(Math.min(...begin)).toBeGreaterThan(20);
  });

  it("come in each so many cycles only, where the pace is slower than the looks, and not in the same ones", () => {
    const slow = rhythmOf({ connections: 1, perMs: 60 * minute }, every, 20_000);
    const turns = (key: string) =>
      Array.from({ length: 48 }, (_, at) => at).filter(
        (at) => turnAt(key, 5_000_000 + at, "full", slow, clock) !== null,
      );
    const own = turns("192.0.2.1:25");
    expect(own.map((at, index) => (index === 0 ? 12 : at - (own[index - 1] ?? 0)))).toEqual([12, 12, 12, 12]);
    const firsts = new Set(Array.from({ length: 40 }, (_, at) => turns(`192.0.2.${at}:25`)[0]));
    expect(firsts.size).toBeGreaterThan(6);
  });

  it("begin little by little where a fleet is new, and not with its first looks", () => {
    const begins = Array.from({ length: 80 }, (_, at) =>
      Array.from({ length: 250 }, (_, slot) => slot).filter((slot) => mayBegin(slot, 250, 1_000, 1_000 + at)),
    );
    expect(begins.slice(0, 6).flat()).toEqual([]);
    expect(Math.max(...begins.map((slots) => slots.length))).toBe(4);
    expect(new Set(begins.flat()).size).toBe(250);
    // A small one isn't kept waiting.
    expect([0, 1, 2].every((slot) => mayBegin(slot, 3, 1_000, 1_006))).toBe(true);
  });
});
