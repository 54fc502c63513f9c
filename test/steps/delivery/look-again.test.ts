import { beforeEach, describe, expect, it } from "vitest";
import type { Delivery } from "../../../lib/model/ports.ts";
import { notify } from "../../../lib/steps/notify.ts";
import { createMemoryStore, type MemoryStore } from "../../simulation/memory-store.ts";
import { createLab, entryOf, every, good, type Lab, minute, plain, second, silent } from "../lab.ts";

const address = "93.184.215.14";
const day = 24 * 60 * minute;

/** Hours pass in it: the one on disk would take minutes. */
let store: MemoryStore;
let lab: Lab;
beforeEach(async () => {
  store = createMemoryStore([], () => {});
  lab = createLab(store, 1, undefined, second);
  await lab.put([entryOf(address)]);
  await lab.run(every);
});

const got = () => lab.operator.letters.map(({ attributes }) => attributes.kind);
/** Looks that bear a message out, behind the three that confirm. */
const looksAgain = () => lab.connections.filter(({ round }) => round > 3).length;

/** The channel takes nothing from now on, until it is mended. */
function breakChannel(): void {
  lab.operator.answers.push(...Array.from({ length: 999 }, (): Delivery => ({ kind: "later", why: "relay down" })));
}
function mendChannel(): void {
  lab.operator.answers.length = 0;
}

/** Runs until the next pass over the outbox would tell it, at most an hour. */
async function runUntil(isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < 3600 && !isSo(); waited++) await lab.run(second);
}

describe("what leaves was seen to be so a moment ago", () => {
  it("without a further look where it is told as soon as it is confirmed", async () => {
    lab.servers.set(address, plain);
    await lab.run(every);
    expect(got()).toEqual(["opened"]);
    expect(looksAgain()).toBe(0);
  });

  it("also after the channel was down for two hours", async () => {
    lab.servers.set(address, plain);
    breakChannel();
    await lab.run(2 * 60 * minute);
    mendChannel();
    const before = looksAgain();
    await runUntil(() => got().length > 0);
    expect(got()).toEqual(["opened"]);
    expect(looksAgain()).toBe(before + 1);
  });

  it("else it isn't told: well again, it waits, and its end tells of both", async () => {
    lab.servers.set(address, plain);
    breakChannel();
    // The cycle's own look was a minute ago, and the next one is far away.
    await lab.run(every + minute);
    lab.servers.set(address, good);
    mendChannel();
    const before = looksAgain();
    await lab.run(3 * minute);
    expect(looksAgain()).toBe(before + 1);
    expect(got()).toEqual([]);
    await lab.run(4 * every);
    expect(got()).toEqual(["recovered"]);
    expect(lab.operator.letters[0]?.subject).toMatch(/^\[CM-[0-9A-F]+\.2\] Over, TLS lost: /);
    expect(lab.operator.letters[0]?.text).toMatch(/was without TLS from .* UTC to .* UTC/);
  });

  it("or it comes back, and then it is told", async () => {
    lab.servers.set(address, plain);
    breakChannel();
    await lab.run(every);
    lab.servers.set(address, good);
    mendChannel();
    await lab.run(every);
    expect(got()).toEqual([]);
    lab.servers.set(address, plain);
    await lab.run(every);
    expect(got()).toEqual(["opened"]);
  });

  it("silence neither heals nor holds up", async () => {
    lab.servers.set(address, plain);
    breakChannel();
    await lab.run(every);
    lab.servers.set(address, silent);
    mendChannel();
    const began = lab.now();
    await runUntil(() => got().length > 0);
    expect(got()).toEqual(["opened"]);
    expect(lab.now() - began).toBeLessThan(9 * minute);
  });

  it("a reminder too", async () => {
    lab.servers.set(address, plain);
    await lab.run(every);
    const { value, version } = await store.state.cause("cleartext", `${address}:25`);
    if (value === null || value.incident === null) throw new Error("nothing is open");
    const remind = { at: lab.now() + minute, after: day };
    const due = { ...value, due: remind.at, incident: { ...value.incident, remind } };
    await store.state.putCause({ value: due, version });
    await lab.run(2 * minute);
    expect(got()).toEqual(["opened", "reminder"]);
    expect(looksAgain()).toBe(1);
  });
});

it("the look is made from every vantage that watches the target", async () => {
  const there = { vantage: "there", slice: 2, slot: 0 };
  await lab.put([entryOf(address, { beside: [there] })]);
  const beside = [{ vantage: "here", slice: 1, slot: 0 }];
  await store.state.putSlice({
    number: 2,
    vantage: "there",
    entries: [entryOf(address, { vantage: "there", beside })],
  });
  lab.servers.set(address, plain);
  breakChannel();
  await lab.run(2 * every);
  const world = { store, now: () => lab.now() + 60 * minute, operators: [lab.operator] };
  const { jobs } = await notify({ ...world, contactChannels: () => [], alertLog: null, baseUrl: null });
  expect(jobs.map(({ job, delayMs }) => [job.vantage, job.slice, delayMs])).toEqual([
    ["here", 1, 0],
    ["there", 2, 0],
  ]);
});
