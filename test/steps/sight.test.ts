/** A vantage that loses its sight: nobody's mail is judged by it, the operator is told once, and once when it sees again. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSettings } from "../../lib/model/customer.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { sightOf } from "../../lib/steps/sight-of.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { createLab, entryOf, every, keyOf, type Lab, minute, plain, silent } from "./lab.ts";

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
const addresses = [1, 2, 3, 4, 5, 6].map((number) => `198.${number}.0.${number}`);

/** A fleet of six in as many networks, seen well twice. */
async function steadyLab(number: string): Promise<Lab> {
  slices++;
  const lab = createLab(store, slices, policy);
  await lab.put(addresses.map((address) => entryOf(`${address}${number}`)));
  await lab.run(2 * every);
  return lab;
}

const set = (lab: Lab, number: string, outcome: typeof plain | null) => {
  for (const address of addresses) {
    if (outcome === null) lab.servers.delete(`${address}${number}`);
    else lab.servers.set(`${address}${number}`, outcome);
  }
};

describe("a vantage from which everything changed at once", () => {
  it.each([
    ["everything lost STARTTLS", plain, "1"],
    ["nothing answers", silent, "2"],
  ] as const)("%s: the operator is told once, and once when it sees again", async (_name, outcome, number) => {
    const lab = await steadyLab(number);
    set(lab, number, outcome);
    await lab.run(3 * every);
    expect(lab.told()).toEqual(["opened blind here"]);
    expect(await sightOf(store, "here")).toMatchObject({ state: "blind", by: "at-once", told: true });

    // What was known stays, with its age; and it is our own gap.
    const state = await store.state.target(keyOf(`${addresses[0]}${number}`), "here");
    expect(state?.facts?.outcome.kind).toBe("encrypted");
    expect(state?.silence).toBe(null);
    const [newest] = await store.ledger.ledger(slices, 1);
    expect(newest?.marks).toEqual(addresses.map(() => "not-tried"));

    set(lab, number, null);
    await lab.run(5 * every);
    expect(lab.told()).toEqual(["opened blind here", "recovered blind here"]);
    const events = await store.ledger.events("vantage here", 2);
    expect(events.map(({ kind }) => kind)).toEqual(["sighted", "blind"]);
    expect((await store.ledger.ledger(slices, 1))[0]?.marks).toEqual(addresses.map(() => "tls"));
  });

  it("one that lost TLS alone is told as ever", async () => {
    const lab = await steadyLab("3");
    lab.servers.set(`${addresses[0]}3`, plain);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened cleartext ${keyOf(`${addresses[0]}3`)}`]);
  });

  it("five of one provider are no blindness", async () => {
    const lab = await steadyLab("4");
    await lab.put([1, 2, 3, 4, 5].map((number) => entryOf(`203.0.113.${number}`)));
    await lab.run(2 * every);
    for (const number of [1, 2, 3, 4, 5]) lab.servers.set(`203.0.113.${number}`, plain);
    await lab.run(2 * every);
    expect(lab.told().some((line) => line.includes("blind"))).toBe(false);
    expect(lab.told().length).toBeGreaterThan(0);
  });
});

describe("canaries", () => {
  it("that fail take the vote, but for what the operator vouches for", async () => {
    const lab = await steadyLab("5");
    const canaries = [1, 2, 3].map((number) => `192.${number}.2.9`);
    const own = ["198.18.9.1", "10.9.0.1"] as const;
    await lab.put([
      ...canaries.map((address) => entryOf(address, { canary: true, needs: [] })),
      entryOf(own[0]),
      entryOf(own[1], { allowPrivate: true }),
    ]);
    await lab.run(2 * every);
    for (const address of [...canaries, ...own]) lab.servers.set(address, plain);
    await lab.run(3 * every);
    expect(lab.told().toSorted()).toEqual(["opened blind here", `opened cleartext ${keyOf(own[1])}`].toSorted());
    expect(defaultSettings.canaries).toEqual([]);
  });
});
