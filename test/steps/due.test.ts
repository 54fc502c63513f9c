import { expect, test } from "vitest";
import { isDue } from "../../lib/steps/due.ts";

const dueIn = (ttl: number, everyMs: number, cycles: number) =>
  Array.from({ length: cycles }, (_, cycle) => cycle).filter((cycle) => isDue("acme.example", ttl, cycle, everyMs));

test.each([
  ["a TTL of five minutes at five-minute cycles: each", 300, 300_000, 12, 12],
  ["a TTL of an hour at five-minute cycles: each twelfth", 3600, 300_000, 120, 10],
  ["a TTL of 301 s at five-minute cycles: each second, never too often", 301, 300_000, 12, 6],
  ["a short TTL counts as a minute", 1, 20_000, 12, 4],
  ["a long TTL counts as an hour", 86_400, 600_000, 12, 2],
  ["cycles of two seconds: each thirtieth", 60, 2_000, 120, 4],
])("%s", (_, ttl, everyMs, cycles, times) => {
  const due = dueIn(ttl, everyMs, cycles);
  expect(due).toHaveLength(times);
  const gaps = new Set(due.slice(1).map((cycle, at) => cycle - (due[at] ?? 0)));
  expect([...gaps]).toEqual([cycles / times]);
});

test("names take turns: about as many are due in each cycle", () => {
  const names = Array.from({ length: 12_000 }, (_, n) => `n${n}.example`);
  for (let cycle = 0; cycle < 12; cycle++) {
    const due = names.filter((name) => isDue(name, 3600, cycle, 300_000)).length;
    expect(due).toBeGreaterThan(800);
    expect(due).toBeLessThan(1200);
  }
});
