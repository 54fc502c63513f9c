/** The clock of the machine was ahead, and is set right while a fleet is watched: nothing waits until it gets there again. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { createLab, entryOf, every, keyOf, minute, plain } from "./lab.ts";

const address = "93.184.215.14";
const key = keyOf(address);
const hour = 60 * minute;

let embedded: EmbeddedStore;
beforeEach(async () => {
  embedded = await openEmbedded(null);
});
afterEach(() => embedded.close());

/** What was watched for two hours by a clock that is set back two hours now. */
async function setBack(during: (ahead: ReturnType<typeof createLab>) => Promise<void>) {
  const ahead = createLab(embedded.store, 1);
  await ahead.put([entryOf(address)]);
  await ahead.run(2 * every);
  await during(ahead);
  // A new lab begins where the first one began.
  const right = createLab(embedded.store, 1);
  for (const [server, outcome] of ahead.servers) right.servers.set(server, outcome);
  return { ahead, right };
}

describe("a clock that is set back", () => {
  it("stops no looks, and a loss is told as ever", async () => {
    const { right } = await setBack((ahead) => ahead.run(2 * hour));
    await right.run(2 * every);
    expect(right.connections.length).toBeGreaterThanOrEqual(2);
    right.servers.set(address, plain);
    await right.run(2 * every);
    expect(right.told()).toEqual([`opened cleartext ${key}`]);
    right.servers.delete(address);
    await right.run(5 * every);
    expect(right.told()).toEqual([`opened cleartext ${key}`, `recovered cleartext ${key}`]);
  });

  it("in the middle of an incident: its end is told as ever", async () => {
    const { ahead, right } = await setBack(async (lab) => {
      await lab.run(2 * hour);
      lab.servers.set(address, plain);
      await lab.run(3 * every);
    });
    expect(ahead.told()).toEqual([`opened cleartext ${key}`]);
    await right.run(3 * every);
    expect(right.told()).toEqual([]);
    right.servers.delete(address);
    await right.run(5 * every);
    expect(right.told()).toEqual([`recovered cleartext ${key}`]);
  });

  it("in the middle of a suspicion: it is confirmed, or over", async () => {
    const { ahead, right } = await setBack(async (lab) => {
      await lab.run(2 * hour);
      lab.servers.set(address, plain);
      await lab.run(10_000);
    });
    expect(ahead.told()).toEqual([]);
    await right.run(2 * every);
    expect(right.told()).toEqual([`opened cleartext ${key}`]);
  });
});
