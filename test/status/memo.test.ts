import { expect, it } from "vitest";
import { remembered } from "../../lib/status/memo.ts";

function counted() {
  let loads = 0;
  let now = 0;
  const ask = remembered(
    async () => {
      loads += 1;
      if (loads === 2) throw new Error("the second load fails");
      return loads;
    },
    1000,
    () => now,
  );
  return {
    ask,
    at(time: number) {
      now = time;
      return ask();
    },
  };
}

it("loads once for all who ask within the time, and again afterwards", async () => {
  const { ask, at } = counted();
  expect(await Promise.all([ask(), ask(), at(999)])).toEqual([1, 1, 1]);
  await expect(at(1000)).rejects.toThrow("second");
});

it("keeps no failure", async () => {
  const { at } = counted();
  await at(0);
  await expect(at(1000)).rejects.toThrow("second");
  expect(await at(1000)).toBe(3);
});
