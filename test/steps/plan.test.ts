import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../lib/steps/plan.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { entryOf, every, firstCycle, minute, start } from "./lab.ts";

let embedded: EmbeddedStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  const { state } = embedded.store;
  for (const number of [0, 1, 2, 3]) {
    await state.putSlice({ number, vantage: "here", entries: [entryOf(`93.184.215.${number}`), null] });
  }
  await state.putSlice({ number: 4, vantage: "here", entries: [null, null] });
  const memory = { fingerprint: "F1", mark: "tls", hot: [], rejudgeAt: null, needs: "" } as const;
  await state.putMemory(2, { value: [memory], version: 0 });
});
afterAll(() => embedded.close());

let cycle = firstCycle;
const next = (everyMs = every) => plan({ store: embedded.store, now: () => start }, ++cycle, everyMs);

describe("the plan of a cycle", () => {
  it("is made once, whoever asks at the same time", async () => {
    cycle++;
    const world = { store: embedded.store, now: () => start };
    const plans = await Promise.all([plan(world, cycle, every), plan(world, cycle, every), plan(world, cycle, every)]);
    expect(plans.filter(({ claimed }) => claimed)).toHaveLength(1);
    expect(plans.flatMap(({ jobs }) => jobs)).toHaveLength(4);
  });

  it("has one job for each slice that has targets, with what is known of them", async () => {
    const { jobs } = await next();
    expect(jobs.map(({ job: { slice, tasks } }) => [slice, tasks.map(({ known }) => known)])).toEqual([
      [0, [""]],
      [1, [""]],
      [2, ["F1"]],
      [3, [""]],
    ]);
    expect(jobs[0]?.job).toMatchObject({ v: 1, cycle, vantage: "here", round: 0 });
  });

  it("spreads the slices over four fifths of the interval", async () => {
    expect((await next()).jobs.map(({ delayMs }) => delayMs / minute)).toEqual([0, 1, 2, 3]);
  });

  it("gives a job an interval's time to begin", async () => {
    const { jobs } = await next();
    expect(jobs.map(({ job, delayMs }) => job.notAfter - delayMs - start)).toEqual([every, every, every, every]);
  });

  it("never asks a queue to wait longer than SQS can", async () => {
    const { jobs } = await next(24 * 60 * minute);
    expect(Math.max(...jobs.map(({ delayMs }) => delayMs))).toBeLessThanOrEqual(900_000);
  });
});
