/** A vantage that loses its sight: nobody's mail is judged by it, the operator is told once, and once when it sees again. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { judge } from "../../lib/steps/judge.ts";
import { judgeGone } from "../../lib/steps/judge-gone.ts";
import { keepOutlooks } from "../../lib/steps/outlook.ts";
import { sightTick } from "../../lib/steps/sight-follow.ts";
import { changeSight, sightOf } from "../../lib/steps/sight-of.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { crashingStore } from "../fakes/crash.ts";
import { createLab, entryOf, every, firstCycle, keyOf, type Lab, minute, plain, second, silent } from "./lab.ts";

let folder: string;
let store: Store;
let close: () => Promise<void>;
let slices = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-sight-"));
  ({ store, close } = await openEmbedded(folder));
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const policy = { ...defaultPolicy, cleanFor: 2 * minute };
const addresses = [1, 2, 3, 4, 5, 6].map((number) => `198.${number}.0.9`);

/** Each of another provider. */
function own(address: string, over: Partial<RosterEntry> = {}): RosterEntry {
  const provider = address.replaceAll(/[.:]/g, "-");
  return entryOf(address, { names: [{ name: `mx.p${provider}.example`, since: firstCycle - 1000 }], ...over });
}

/** A fleet of six in as many networks and of as many providers, seen well twice; and what else is given. */
async function steadyLab(...more: readonly RosterEntry[]): Promise<Lab> {
  slices++;
  const lab = createLab(store, slices, policy);
  await lab.put([...addresses.map((address) => own(address)), ...more]);
  await lab.run(2 * every);
  return lab;
}

function set(lab: Lab, some: readonly string[], outcome: typeof plain | null): void {
  for (const address of some) {
    if (outcome === null) lab.servers.delete(address);
    else lab.servers.set(address, outcome);
  }
}

/** Subjects whose loss is one by now, told or held by the breaker. */
async function openOnes(): Promise<readonly string[]> {
  const causes = (await store.state.activeCauses()).map(({ value }) => value);
  return causes
    .filter(({ class: cls, state }) => cls === "cleartext" && state === "open")
    .map(({ subject }) => subject)
    .sort();
}

const blindLines = ["opened blind here"];

describe("a vantage from which everything changed at once", () => {
  it.each([
    ["everything lost STARTTLS", plain],
    ["nothing answers", silent],
  ] as const)("%s: the operator is told once, and once when it sees again", async (_name, outcome) => {
    const lab = await steadyLab();
    set(lab, addresses, outcome);
    await lab.run(3 * every);
    expect(lab.told()).toEqual(blindLines);
    expect(await sightOf(store, "here")).toMatchObject({ state: "blind", by: "at-once", told: true });

    // What was known stays, with its age; and it is our own gap.
    const state = await store.state.target(keyOf(addresses[0] ?? ""), "here");
    expect(state?.facts?.outcome.kind).toBe("encrypted");
    expect(state?.silence).toBe(null);
    const [newest] = await store.ledger.ledger(slices, 1);
    expect(newest?.marks).toEqual(addresses.map(() => "not-tried"));

    set(lab, addresses, null);
    await lab.run(6 * every);
    expect(lab.told()).toEqual([...blindLines, "recovered blind here"]);
    const events = await store.ledger.events("vantage here", 2);
    expect(events.map(({ kind }) => kind)).toEqual(["sighted", "blind"]);
    expect((await store.ledger.ledger(slices, 1))[0]?.marks).toEqual(addresses.map(() => "tls"));
    expect(await sightOf(store, "here")).toMatchObject({ state: "sighted", told: false, releaseAt: null });
  });

  it("for a few seconds only: nobody is told, and nothing is remembered", async () => {
    const lab = await steadyLab();
    set(lab, addresses, plain);
    await lab.run(10 * second);
    expect(await sightOf(store, "here")).toMatchObject({ state: "doubtful", by: "at-once" });
    set(lab, addresses, null);
    await lab.run(6 * every);
    expect(lab.told()).toEqual([]);
    expect(await sightOf(store, "here")).toMatchObject({ state: "sighted", gaps: [] });
    expect(await store.state.activeCauses()).toEqual([]);
  });

  it("while others of it are well still: that is a loss, within the same minutes", async () => {
    const [small, large] = [slices + 1, slices + 2];
    slices += 2;
    const lab = createLab(store, small, policy, minute, [large]);
    await lab.put(addresses.map((address) => own(address)));
    const others = createLab(store, large, policy);
    await others.put([1, 2, 3].map((number) => own(`203.${number}.113.7`)));
    await lab.run(2 * every);
    set(lab, addresses, plain);
    await lab.run(20 * second);
    expect(await sightOf(store, "here")).toMatchObject({ state: "doubtful", by: "at-once" });
    await lab.run(2 * minute);
    expect(await sightOf(store, "here")).toMatchObject({ state: "sighted", gaps: [] });
    expect(await openOnes()).toEqual(addresses.map(keyOf));
  });

  it("one that lost TLS alone is told as ever", async () => {
    const lab = await steadyLab();
    lab.servers.set(addresses[0] ?? "", plain);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened cleartext ${keyOf(addresses[0] ?? "")}`]);
  });

  it("five of one provider are no blindness, in however many networks", async () => {
    const provider = [1, 2, 3, 4, 5].map((number) => `20${number}.0.113.7`);
    const lab = await steadyLab(...provider.map((address) => entryOf(address)));
    set(lab, provider, plain);
    await lab.run(2 * every);
    expect(lab.told().some((line) => line.includes("blind"))).toBe(false);
    expect(lab.told().length).toBeGreaterThan(0);
  });
});

describe("canaries", () => {
  const canaries = [1, 2, 3].map((number) => `192.${number}.2.9`);
  const watched = canaries.map((address) => own(address, { canary: true, needs: [] }));

  it("that fail take the vote, but for private addresses that the operator vouches for", async () => {
    const [far, near] = ["198.50.9.1", "10.9.0.1"] as const;
    const lab = await steadyLab(...watched, own(far, { allowPrivate: true }), own(near, { allowPrivate: true }));
    set(lab, [...canaries, far, near], plain);
    await lab.run(3 * every);
    expect(lab.told().toSorted()).toEqual([...blindLines, `opened cleartext ${keyOf(near)}`].toSorted());
    expect(await sightOf(store, "here")).toMatchObject({ state: "blind", by: "canaries" });
  });

  it("that are well say that a loss of everything is one: it is told within the same minutes", async () => {
    const lab = await steadyLab(...watched);
    set(lab, addresses, plain);
    await lab.run(3 * minute);
    expect(await openOnes()).toEqual(addresses.map(keyOf));
    expect(lab.told()).not.toContain(blindLines[0]);
  });
});

describe("what was seen while it was blind", () => {
  it("is dropped where it is judged after sight came back, and bad votes from before are taken back", async () => {
    const [shaky = ""] = addresses;
    const lab = await steadyLab();
    // Two bad votes right before the rest is lost as well.
    lab.servers.set(shaky, plain);
    await lab.run(30 * second);
    const cause = () => store.state.cause("cleartext", keyOf(shaky)).then(({ value }) => value);
    expect((await cause())?.votes.filter(({ answer }) => answer === "bad").length).toBeGreaterThan(0);
    set(lab, addresses, silent);
    await lab.run(3 * every);
    expect(lab.told()).toEqual(blindLines);
    const late = lab.probe({
      v: 1,
      cycle: firstCycle + 4,
      slice: slices,
      vantage: "here",
      round: 1,
      notAfter: lab.now(),
      tasks: addresses.map((address, slot) => {
        const { target } = own(address);
        return { slot, target, name: null, identity: false, allowPrivate: false, known: "" };
      }),
    });
    set(lab, addresses, null);
    await lab.run(6 * every);
    expect((await sightOf(store, "here"))?.state).toBe("sighted");
    await judge(late, { store, now: lab.now, policy, everyMs: every, sighted: ["here"] });
    expect((await store.state.target(keyOf(shaky), "here"))?.silence).toBe(null);
    // One more bad answer would make three of the last 24, were the first ones not taken back.
    expect((await cause())?.votes.filter(({ answer }) => answer === "bad") ?? []).toEqual([]);
    expect(lab.told()).toEqual([...blindLines, "recovered blind here"]);
  });

  it("counts as looked at all the same: a blind vantage is not one that does not look", async () => {
    const lab = await steadyLab();
    set(lab, addresses, silent);
    await lab.run(2 * every);
    const tasks = addresses.map((address, slot) => {
      const { target } = own(address);
      return { slot, target, name: null, identity: false, allowPrivate: false, known: "" };
    });
    const cycle = firstCycle + 50;
    const results = lab.probe({
      v: 1,
      cycle,
      slice: slices,
      vantage: "here",
      round: 0,
      notAfter: lab.now() + minute,
      tasks,
    });
    const world = { store, now: lab.now, policy, everyMs: every, sighted: [] };
    expect(await judge(results, world)).toMatchObject({ marked: addresses.length });
    expect(await judge(results, world)).toMatchObject({ marked: 0 });
  });
});

describe("states that nothing would end", () => {
  it("a vantage that nobody looks from any more ends as gone", async () => {
    const lab = await steadyLab();
    set(lab, addresses, plain);
    await lab.run(2 * every);
    await lab.put(addresses.map(() => null));
    await keepOutlooks(store, await store.state.slices());
    await judgeGone([], firstCycle + 5, { store, now: lab.now, policy });
    await lab.run(every);
    expect(lab.told()).toEqual([...blindLines, "gone blind here"]);
    expect(await sightOf(store, "here")).toMatchObject({ state: "sighted", told: false });
  });

  it("a doubt whose looks were lost is asked about again by the tick", async () => {
    const lab = await steadyLab();
    set(lab, addresses, silent);
    await lab.run(second);
    lab.restart(false);
    await lab.run(4 * minute);
    expect(lab.told()).toEqual(blindLines);
  });

  it("what it held back is released again, by the tick, when a crash kept it", async () => {
    const releaseAt = Date.now() - minute;
    await changeSight(store, "here", (sight) => ({ ...sight, since: releaseAt, releaseAt }));
    await sightTick({ store, now: () => releaseAt + minute, policy, everyMs: every });
    expect((await sightOf(store, "here"))?.releaseAt).toBe(releaseAt + 2 * minute);
  });
});

describe("writes", () => {
  it("are none of its own in a steady cycle", async () => {
    const lab = await steadyLab();
    const counted = crashingStore(store);
    lab.use(counted.store);
    await lab.run(2 * every);
    expect(counted.written.filter((name) => name === "putDocument")).toEqual([]);
  });
});
