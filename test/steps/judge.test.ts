import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fingerprint } from "../../lib/judge/fingerprint.ts";
import type { ProbeAnswer, ProbeResults } from "../../lib/model/jobs.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { judge } from "../../lib/steps/judge.ts";
import { plan } from "../../lib/steps/plan.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { crashingStore } from "../fakes/crash.ts";
import { certificate, encrypted, observation } from "../judge/build.ts";
import { createLab, entryOf, every, firstCycle, good, keyOf, plain, silent, start } from "./lab.ts";

const address = "93.184.215.14";
const key = keyOf(address);

let embedded: EmbeddedStore;
let slice = 100;

beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());
beforeEach(() => {
  slice++;
});

const world = { now: () => start, policy: defaultPolicy, everyMs: every, sighted: ["here"] };

function seen(outcome: Outcome, at = start, over: Partial<ProbeAnswer> = {}, of = address): ProbeAnswer {
  const seenThen = observation(outcome, { target: entryOf(of).target, at });
  const answer = { slot: 0, name: "mx1.acme.example", identity: false, kind: "seen" } as const;
  return { ...answer, observation: seenThen, fingerprint: fingerprint(seenThen), ...over } as ProbeAnswer;
}

function results(answers: readonly ProbeAnswer[], over: Partial<ProbeResults> = {}): ProbeResults {
  return { v: 1, cycle: firstCycle, slice, vantage: "here", round: 0, part: 0, answers, ...over };
}

const same = (outcome: Outcome, at = start): ProbeAnswer => ({
  slot: 0,
  name: "mx1.acme.example",
  identity: false,
  kind: "same",
  at,
  fingerprint: fingerprint(observation(outcome)),
});

const put = (entries = [entryOf(address)]) =>
  embedded.store.state.putSlice({ number: slice, vantage: "here", entries });
const memoryOf = async (slot = 0) => (await embedded.store.state.memory(slice)).value[slot];
const stateOf = (target = key) => embedded.store.state.target(target, "here");

describe("a steady cycle", () => {
  it("of 250 targets is one write, to the ledger", async () => {
    const entries = Array.from({ length: 250 }, (_, index) => entryOf(`93.184.216.${index}`));
    const lab = createLab(embedded.store, slice);
    await lab.put(entries);
    await lab.run(every);
    const { store, written } = crashingStore(embedded.store);
    const { jobs } = await plan({ store: embedded.store, now: () => start + every }, firstCycle + 1, every);
    const job = jobs.find((each) => each.job.slice === slice)?.job;
    if (job === undefined) throw new Error("the slice was not planned");
    await judge(lab.probe(job), { ...world, store, now: () => start + every });
    expect(written.filter((name) => name !== "rollUp")).toEqual(["putLedger"]);
    const [last] = await embedded.store.ledger.ledger(slice, 1);
    expect(last).toMatchObject({ cycle: firstCycle + 1, marks: Array(250).fill("tls") });
  });

  it("of a server that is known to be in clear, or silent, and alarms nobody is no more", async () => {
    const quiet = [
      { ...entryOf(address), needs: [] },
      { ...entryOf("93.184.215.15"), needs: [] },
    ];
    const lab = createLab(embedded.store, slice);
    await lab.put(quiet);
    lab.servers.set(address, plain).set("93.184.215.15", silent);
    const job = { v: 1, cycle: 1, slice, vantage: "here", round: 0, notAfter: 0 } as const;
    const task = { name: "mx1.acme.example", identity: false, allowPrivate: false };
    const tasks = (known: string[]) =>
      quiet.map(({ target }, slot) => ({ ...task, slot, target, known: known[slot] ?? "" }));
    await judge(lab.probe({ ...job, tasks: tasks([]) }), { ...world, store: embedded.store });
    const known = (await embedded.store.state.memory(slice)).value.map((memory) => memory.fingerprint);
    const { store, written } = crashingStore(embedded.store);
    await judge(lab.probe({ ...job, cycle: 2, tasks: tasks(known) }), { ...world, store });
    expect(written.filter((name) => name !== "rollUp")).toEqual(["putLedger"]);
    expect((await embedded.store.ledger.ledger(slice, 1))[0]?.marks).toEqual(["clear", "no-answer"]);
  });
});

describe("the marks of a cycle", () => {
  it("are our own gap where nobody looked, and where a confirmation looked", async () => {
    await put();
    await judge(results([seen(good)], { round: 1 }), { ...world, store: embedded.store });
    expect(await embedded.store.ledger.ledger(slice, 1)).toEqual([]);
    const missed: ProbeAnswer = { slot: 0, name: null, identity: false, kind: "not-tried" };
    await judge(results([missed]), { ...world, store: embedded.store });
    expect((await embedded.store.ledger.ledger(slice, 1))[0]?.marks).toEqual(["not-tried"]);
  });

  it("stand beside each other where the answers came in two parts", async () => {
    await put([entryOf(address), entryOf("93.184.215.15")]);
    await judge(results([seen(good)]), { ...world, store: embedded.store });
    const other = observation(plain, { target: entryOf("93.184.215.15").target, at: start });
    const second = seen(plain, start, { slot: 1, observation: other, fingerprint: fingerprint(other) } as object);
    await judge(results([second], { part: 1 }), { ...world, store: embedded.store });
    expect((await embedded.store.ledger.ledger(slice, 1))[0]?.marks).toEqual(["tls", "clear"]);
  });
});

describe("what is kept of a target", () => {
  it("are the facts, since when they hold, and that it once spoke TLS", async () => {
    await put();
    await judge(results([seen(good, start)]), { ...world, store: embedded.store });
    await judge(results([seen(plain, start + 1)], { round: 1 }), { ...world, store: embedded.store });
    expect(await stateOf()).toMatchObject({
      facts: { outcome: { kind: "starttls-absent" } },
      factsSince: start + 1,
      silence: null,
      everEncrypted: true,
    });
    const kinds = (await embedded.store.ledger.events(key, 2)).map(({ at, kind }) => [at - start, kind]);
    expect(kinds).toEqual([
      [1, "facts"],
      [0, "facts"],
    ]);
  });

  it("outlives silence: the facts stay, with the time they came", async () => {
    await put();
    await judge(results([seen(good, start + 10)]), { ...world, store: embedded.store });
    await judge(results([seen(silent, start + 20)], { cycle: 2 }), { ...world, store: embedded.store });
    const refused: Outcome = { kind: "no-answer", stage: "connect", silence: "refused" };
    await judge(results([seen(refused, start + 30)], { cycle: 3 }), { ...world, store: embedded.store });
    expect(await stateOf()).toMatchObject({
      facts: { outcome: { kind: "encrypted" } },
      factsSince: start + 10,
      silence: { since: start + 20, observation: { outcome: refused } },
    });
    await judge(results([seen(good, start + 40)], { cycle: 4 }), { ...world, store: embedded.store });
    expect(await stateOf()).toMatchObject({ factsSince: start + 10, silence: null });
  });

  it("keeps the chain as sent while the same leaf is shown", async () => {
    await put();
    const chain = [{ sha256: "ab".repeat(32), subject: "/CN=mx", issuer: "/CN=ca" }];
    const withChain = encrypted({}, certificate({ chain }));
    await judge(results([seen(withChain, start + 50)]), { ...world, store: embedded.store });
    await judge(results([seen(silent, start + 60)], { cycle: 2 }), { ...world, store: embedded.store });
    await judge(results([seen(encrypted(), start + 70)], { cycle: 3 }), { ...world, store: embedded.store });
    expect(await stateOf()).toMatchObject({ facts: { outcome: { certificate: { chain } } } });
  });
});

describe("answers that come late, twice or to nobody", () => {
  it("change nothing when the batch is delivered again", async () => {
    await put();
    const batch = results([seen(plain, start + 100)]);
    await judge(batch, { ...world, store: embedded.store });
    const before = [await stateOf(), await memoryOf(), await embedded.store.state.cause("cleartext", key)];
    const again = await judge(batch, { ...world, store: embedded.store });
    expect([await stateOf(), await memoryOf(), await embedded.store.state.cause("cleartext", key)]).toEqual(before);
    expect(again.jobs).toEqual([]);
  });

  it("don't take a target back to what it was before", async () => {
    await put();
    await judge(results([seen(good, start + 300)], { cycle: 2 }), { ...world, store: embedded.store });
    await judge(results([seen(plain, start + 200)]), { ...world, store: embedded.store });
    expect((await stateOf())?.facts?.outcome.kind).toBe("encrypted");
    expect((await memoryOf())?.fingerprint).toBe(fingerprint(observation(good)));
  });

  it("vote by what they saw, and alarm nobody, when a newer look of the cycle was judged before them", async () => {
    const other = "93.184.215.41";
    await put([entryOf(other)]);
    const judgeLook = (outcome: Outcome, seconds: number, round: number) => {
      const answer = seen(outcome, start + seconds * 1_000, {}, other);
      return judge(results([answer], { round }), { ...world, store: embedded.store, now: () => start + 45_000 });
    };
    const votes = async () => {
      const { value } = await embedded.store.state.cause("cleartext", keyOf(other));
      return value?.votes.map(({ round, answer }) => `${round} ${answer}`);
    };
    await judgeLook(plain, 0, 0);
    await judgeLook({ kind: "starttls-absent", how: "masked" }, 40, 2);
    await judgeLook(plain, 20, 1);
    await judgeLook(silent, 20, 1);
    expect(await votes()).toEqual(["0 bad", "2 bad"]);
    await judgeLook(good, 20, 1);
    expect(await votes()).toEqual(["0 bad", "1 good", "2 bad"]);
    expect(await memoryOf()).toMatchObject({ hot: ["cleartext"], mark: "clear" });
  });

  it("hide nothing that a crash kept from being voted on", async () => {
    const other = "93.184.215.43";
    await put([entryOf(other)]);
    const judgeLook = (outcome: Outcome, seconds: number, store = embedded.store) => {
      const cycle = firstCycle + Math.floor(seconds / 300);
      const now = () => start + 900_000;
      return judge(results([seen(outcome, start + seconds * 1_000, {}, other)], { cycle }), { ...world, store, now });
    };
    await judgeLook(good, 0);
    // Dies right after the target's state was written; the tally of what changed and the history come before it.
    await expect(judgeLook(plain, 600, crashingStore(embedded.store, 4, "before").store)).rejects.toThrow("putMemory");
    await judgeLook(good, 300);
    await judgeLook(plain, 899);
    expect((await embedded.store.state.cause("cleartext", keyOf(other))).value?.state).toBe("suspected");
  });

  it("change nothing when they are old, and a later cycle found nothing new before them", async () => {
    const other = "93.184.215.42";
    await put([entryOf(other)]);
    const at = (ms: number) => ({ ...world, store: embedded.store, now: () => start + ms });
    await judge(results([seen(good, start, {}, other)]), at(1_000));
    await judge(results([same(good, start + 2 * every)], { cycle: firstCycle + 2 }), at(2 * every + 1_000));
    const late = seen(plain, start + every, {}, other);
    await judge(results([late], { cycle: firstCycle + 1 }), at(2 * every + 2_000));
    expect((await stateOf(keyOf(other)))?.facts?.outcome.kind).toBe("encrypted");
    expect(await memoryOf()).toMatchObject({ hot: [], mark: "tls" });
    // Where nothing overtook it, it counts however long it was on its way.
    const next = seen(plain, start + 3 * every, {}, other);
    await judge(results([next], { cycle: firstCycle + 3 }), at(9 * every));
    expect(await memoryOf()).toMatchObject({ hot: ["cleartext"], mark: "clear" });
  });

  it("say nothing when they equal what was known before a newer look", async () => {
    await put();
    await judge(results([seen(good, start + 400)]), { ...world, store: embedded.store });
    await judge(results([seen(plain, start + 410)], { round: 1 }), { ...world, store: embedded.store });
    await judge(results([same(good, start + 420)], { cycle: firstCycle + 1 }), { ...world, store: embedded.store });
    expect((await stateOf())?.facts?.outcome.kind).toBe("starttls-absent");
    expect((await embedded.store.ledger.ledger(slice, 1))[0]?.marks).toEqual(["not-tried"]);
  });

  it("ask for all the facts when what is kept isn't what they equal", async () => {
    await put([entryOf("93.184.215.99")]);
    const print = fingerprint(observation(good));
    const remembered = { fingerprint: print, mark: "tls", hot: ["cleartext"], rejudgeAt: null, needs: "" } as const;
    await embedded.store.state.putMemory(slice, { value: [remembered], version: 0 });
    await judge(results([same(good)]), { ...world, store: embedded.store });
    expect(await memoryOf()).toMatchObject({ fingerprint: "", hot: ["cleartext"] });
  });

  it("are counted once as looked at: not again when they are delivered again, nor a confirmation, nor what wasn't tried", async () => {
    await put([entryOf(address), entryOf("93.184.215.88")]);
    const notTried = { slot: 1, name: "mx1.acme.example", identity: false, kind: "not-tried" } as const;
    const batch = results([seen(good), notTried]);
    const marked = async (each: ProbeResults) => (await judge(each, { ...world, store: embedded.store })).marked;
    expect(await marked(batch)).toBe(1);
    expect(await marked(batch)).toBe(0);
    expect(await marked(results([seen(plain, start + 10)], { round: 1 }))).toBe(0);
  });

  it("are dropped when slice, slot or target are gone", async () => {
    const nobody = results([seen(plain)], { slice: 99_999 });
    expect(await judge(nobody, { ...world, store: embedded.store })).toEqual({ jobs: [], marked: 0, tellsIn: null });
    await put([entryOf("93.184.215.77")]);
    await judge(results([seen(plain), seen(plain, start, { slot: 9 })]), { ...world, store: embedded.store });
    expect(await stateOf(keyOf("93.184.215.77"))).toBeUndefined();
    expect((await embedded.store.ledger.ledger(slice, 1))[0]?.marks).toEqual(["not-tried"]);
  });

  it("leave the next look to bring all the facts when another batch judged the slot meanwhile", async () => {
    await put();
    const { state } = embedded.store;
    const stale = await state.memory(slice);
    await judge(results([seen(good, start + 500)]), { ...world, store: embedded.store });
    let reads = 0;
    const late = { ...state, memory: async (number: number) => (reads++ === 0 ? stale : await state.memory(number)) };
    const store = { ...embedded.store, state: late };
    await judge(results([seen(plain, start + 510)], { round: 1 }), { ...world, store });
    expect(await memoryOf()).toMatchObject({ fingerprint: "", hot: ["cleartext"] });
  });
});

describe("1,000 names on one address", () => {
  it("cost one connection a cycle, and one more for a name of its own", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => ({ name: `mx${index}.example`, since: firstCycle }));
    const lab = createLab(embedded.store, slice);
    await lab.put([entryOf("93.184.215.55", { names })]);
    for (let cycle = firstCycle + 1; cycle < firstCycle + 12; cycle++) {
      const { jobs } = await plan({ store: embedded.store, now: () => cycle * every }, cycle + 1000, every);
      const job = jobs.find((each) => each.job.slice === slice)?.job;
      if (job) await judge(lab.probe({ ...job, cycle }), { ...world, store: embedded.store, now: () => cycle * every });
    }
    const perCycle = Map.groupBy(lab.connections, ({ cycle }) => cycle);
    expect(perCycle.size).toBe(11);
    expect([...perCycle.values()].every((made) => made.length <= 2)).toBe(true);
    expect(lab.connections.filter(({ identity }) => !identity)).toHaveLength(11);
  });
});

describe("confirmations", () => {
  it("are asked for after 20, 40 and 60 seconds, of all doubtful targets at once, and only once", async () => {
    const addresses = ["93.184.215.31", "93.184.215.32"];
    const lab = createLab(embedded.store, slice);
    await lab.put(addresses.map((each) => entryOf(each)));
    for (const each of addresses) lab.servers.set(each, plain);
    const tasks = addresses.map((each, slot) => ({
      slot,
      target: entryOf(each).target,
      name: "mx1.acme.example",
      identity: false,
      allowPrivate: false,
      known: "",
    }));
    const job = { v: 1, cycle: 7, slice, vantage: "here", round: 0, notAfter: 0, tasks } as const;
    const { jobs } = await judge(lab.probe(job), { ...world, store: embedded.store });
    expect(jobs.map(({ delayMs, job: { round, tasks: looks } }) => [delayMs, round, looks.length])).toEqual([
      [20_000, 1, 2],
      [40_000, 2, 2],
      [60_000, 3, 2],
    ]);
    const [first] = jobs;
    if (first === undefined) throw new Error("no confirmation");
    expect((await judge(lab.probe(first.job), { ...world, store: embedded.store })).jobs).toEqual([]);
  });
});
