import { expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { sightOf } from "../../lib/steps/sight-of.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { createLab, entryOf, every, firstCycle, minute, plain } from "./lab.ts";
import { mortal } from "./mortal.ts";

const policy = { ...defaultPolicy, cleanFor: minute };
const addresses = [1, 2, 3, 4, 5].map((number) => `198.${number}.0.9`);
const story = ["opened blind here", "recovered blind here"];

/** Everything loses STARTTLS and gets it back, while the process dies at its `fatal`th write. */
async function ending(fatal: number, redelivered: boolean) {
  const embedded = await openEmbedded(null);
  try {
    const lab = createLab(embedded.store, 1, policy, minute);
    await lab.put(
      addresses.map((address, at) =>
        entryOf(address, { names: [{ name: `mx.p${at}.example`, since: firstCycle - 1000 }] }),
      ),
    );
    await lab.run(2 * every);
    const life = mortal(lab, embedded.store, fatal, redelivered);
    for (const address of addresses) lab.servers.set(address, plain);
    await life.run(2 * every);
    for (const address of addresses) lab.servers.delete(address);
    await life.run(4 * every);
    const sight = await sightOf(embedded.store, "here");
    const left = (await embedded.store.state.activeCauses()).length;
    return { told: lab.told(), crashed: life.crashed, writes: life.writes, left, sight };
  } finally {
    await embedded.close();
  }
}

it("a process that dies between any two writes around blindness tells it once, and its end, and nobody else", async () => {
  const calm = await ending(Number.POSITIVE_INFINITY, true);
  expect(calm).toMatchObject({ told: story, crashed: false, left: 0 });
  for (let fatal = 1; fatal <= calm.writes; fatal++) {
    const after = await ending(fatal, fatal % 2 === 0);
    const name = `dead at write ${fatal}`;
    expect(after, name).toMatchObject({ crashed: true, left: 0 });
    expect(after.sight, name).toMatchObject({ state: "sighted", told: false });
    expect([...new Set(after.told)], name).toEqual(story);
    expect(after.told.length, name).toBeLessThanOrEqual(3);
  }
}, 180_000);
