import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fingerprint } from "../../lib/judge/fingerprint.ts";
import type { ProbeAnswer, ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { judge } from "../../lib/steps/judge.ts";
import { tick } from "../../lib/steps/tick.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { observation } from "../judge/build.ts";
import { entryOf, every, firstCycle, good, keyOf, need, plain, silent, start } from "./lab.ts";

const second = 1_000;
const minute = 60 * second;
const vantages = ["here", "eu2"];

let embedded: EmbeddedStore;
let base = 300;
let number = 0;
let address: string;

beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());
beforeEach(() => {
  base += 2;
  address = `93.184.220.${++number}`;
});

const sliceOf = (vantage: string) => base + vantages.indexOf(vantage);
const causeOf = async (cls: "cleartext" | "unreachable" | "unauthenticated" = "cleartext") =>
  (await embedded.store.state.cause(cls, keyOf(address))).value;
const hotOf = async (vantage: string) => (await embedded.store.state.memory(sliceOf(vantage))).value[0]?.hot ?? [];

async function put(over: Partial<RosterEntry> = {}, only: readonly string[] = vantages): Promise<void> {
  for (const vantage of only) {
    const beside = only
      .filter((other) => other !== vantage)
      .map((other) => ({ vantage: other, slice: sliceOf(other), slot: 0 }));
    const entries = [entryOf(address, { vantage, beside, ...over })];
    await embedded.store.state.putSlice({ number: sliceOf(vantage), vantage, entries });
  }
}

/** One look, judged: `at` ms after the beginning. */
async function see(vantage: string, outcome: Outcome, at: number, round = 0, sighted = vantages, cycle = firstCycle) {
  const { target } = entryOf(address);
  const seen = observation(outcome, { target, at: start + at, vantage });
  const answer = { slot: 0, name: "mx1.acme.example", identity: false, kind: "seen" } as const;
  const answers: ProbeAnswer[] = [{ ...answer, observation: seen, fingerprint: fingerprint(seen) }];
  const results: ProbeResults = { v: 1, cycle, slice: sliceOf(vantage), vantage, round, part: 0, answers };
  const now = () => start + at + second;
  return judge(results, { store: embedded.store, now, policy: defaultPolicy, everyMs: every, sighted });
}

const summary = (jobs: readonly { readonly job: ProbeJob; readonly delayMs: number }[]) =>
  jobs.map(({ job, delayMs }) => `${job.vantage} ${job.slice - base} ${job.round} +${delayMs / second}`).sort();

describe("a doubt", () => {
  it("is looked at again from every sighted vantage, by its own slice and slot", async () => {
    await put();
    const { jobs } = await see("here", plain, 0);
    expect(summary(jobs)).toEqual([
      "eu2 1 1 +20",
      "eu2 1 2 +40",
      "eu2 1 3 +60",
      "here 0 1 +20",
      "here 0 2 +40",
      "here 0 3 +60",
    ]);
    expect(jobs.every(({ job }) => job.tasks.length === 1 && job.tasks[0]?.target.address === address)).toBe(true);
  });

  it("of a target with one vantage reads no other slice", async () => {
    await put({}, ["here"]);
    const { jobs } = await see("here", plain, 0, 0, ["here"]);
    expect(summary(jobs)).toEqual(["here 0 1 +20", "here 0 2 +40", "here 0 3 +60"]);
  });

  it("is not looked at from a blind one", async () => {
    await put();
    const { jobs } = await see("here", plain, 0, 0, ["here"]);
    expect(summary(jobs).filter((job) => job.startsWith("eu2"))).toEqual([]);
  });

  it("knows what the other vantage saw last, so that an unchanged answer is short", async () => {
    await put();
    await see("eu2", good, 0);
    const { jobs } = await see("here", plain, minute);
    const there = jobs.find(({ job }) => job.vantage === "eu2")?.job.tasks[0]?.known;
    expect(there).toBe((await embedded.store.state.memory(sliceOf("eu2"))).value[0]?.fingerprint);
    expect(there).not.toBe("");
  });

  it("whose looks a crash swallowed is looked at again from all, but for what was made", async () => {
    await put();
    await see("here", plain, 0);
    await see("eu2", good, 21 * second, 1);
    const now = () => start + 100 * second;
    const { jobs } = await tick({ store: embedded.store, now, policy: defaultPolicy, sighted: vantages });
    const own = jobs.filter(({ job }) => job.slice === base || job.slice === base + 1);
    expect(own.map(({ job }) => `${job.vantage} ${job.round}`).sort()).toEqual([
      "eu2 2",
      "eu2 3",
      "here 1",
      "here 2",
      "here 3",
    ]);
  });
});

describe("what one vantage alarms about", () => {
  it("the others' good answers are told to as well, from then on", async () => {
    await put();
    await see("eu2", good, 0);
    await see("here", plain, minute);
    expect(await hotOf("eu2")).toContain("cleartext");
    await see("eu2", good, 2 * minute, 0, vantages, firstCycle + 1);
    expect((await causeOf())?.votes.map(({ vantage, answer }) => `${vantage} ${answer}`)).toEqual([
      "here bad",
      "eu2 good",
    ]);
    expect((await causeOf())?.state).toBe("suspected");
  });

  it("is written to the others once, and not with each bad answer", async () => {
    await put();
    await see("eu2", good, 0);
    await see("here", plain, minute);
    const { version } = await embedded.store.state.memory(sliceOf("eu2"));
    await see("here", plain, 80 * second, 1);
    expect((await embedded.store.state.memory(sliceOf("eu2"))).version).toBe(version);
  });

  it("doesn't end because another one's customers don't ask for it", async () => {
    const verified = { ...need, require: { ...need.require, level: "verified" } } as const;
    await put({ needs: [verified] });
    const slice = await embedded.store.state.slice(sliceOf("eu2"));
    const entries = slice?.entries.map((entry) => entry && { ...entry, needs: [need] }) ?? [];
    await embedded.store.state.putSlice({ number: sliceOf("eu2"), vantage: "eu2", entries });
    await see("here", { ...good, certificate: null } as Outcome, 0);
    expect(await causeOf("unauthenticated")).toMatchObject({ state: "suspected" });
    await see("eu2", good, 21 * second, 1);
    expect(await causeOf("unauthenticated")).toMatchObject({ state: "suspected" });
    await see("eu2", good, 41 * second, 2);
    expect(await causeOf("unauthenticated")).toMatchObject({ state: "suspected" });
  });
});

describe("votes", () => {
  it("from two vantages open, and name both", async () => {
    await put();
    await see("here", plain, 0);
    for (const [round, at] of [
      [1, 20],
      [2, 40],
    ] as const) {
      await see("here", plain, at * second, round);
      await see("eu2", plain, at * second + 500, round);
    }
    expect(await causeOf()).toMatchObject({ state: "open", form: "steady", incident: { seenFrom: vantages } });
  });

  it("that disagree for three rounds open as partial, side by side", async () => {
    await put();
    await see("here", plain, 0);
    for (const [round, at] of [
      [1, 20],
      [2, 40],
      [3, 60],
    ] as const) {
      await see("here", plain, at * second, round);
      await see("eu2", good, at * second + 500, round);
    }
    const cause = await causeOf();
    expect(cause).toMatchObject({ state: "open", form: "partial", incident: { seenFrom: ["here"] } });
    expect(cause?.context.slot?.vantage).toBe("here");
    expect(cause?.context.beside.map(({ vantage, answer }) => [vantage, answer])).toEqual([["eu2", "good"]]);
  });

  it("of a vantage without a vote are kept as what it saw, and confirm nothing", async () => {
    await put();
    await see("here", plain, 0, 0, ["here"]);
    await see("eu2", plain, 20 * second, 1, ["here"]);
    expect((await causeOf())?.votes).toHaveLength(1);
    expect(await embedded.store.state.target(keyOf(address), "eu2")).toMatchObject({
      facts: { at: start + 20 * second },
    });
  });
});

describe("a target that is leaving DNS", () => {
  const leaving = { leaving: start - minute };

  it("opens nothing new", async () => {
    await put(leaving, ["here"]);
    for (const round of [0, 1, 2, 3]) await see("here", plain, round * 20 * second, round, ["here"]);
    expect(await causeOf()).toBeNull();
    for (let cycle = 1; cycle < 9; cycle++) {
      await see("here", silent, cycle * every, 0, ["here"], firstCycle + cycle);
    }
    expect(await causeOf("unreachable")).toBeNull();
  });

  it("keeps what is open of it, and ends it where it is well again", async () => {
    await put({}, ["here"]);
    for (const round of [0, 1, 2]) await see("here", plain, round * 20 * second, round, ["here"]);
    expect((await causeOf())?.state).toBe("open");
    await put(leaving, ["here"]);
    await see("here", plain, every, 0, ["here"], firstCycle + 1);
    expect((await causeOf())?.state).toBe("open");
    await see("here", good, 2 * every, 0, ["here"], firstCycle + 2);
    expect((await causeOf())?.state).toBe("recovering");
  });
});
