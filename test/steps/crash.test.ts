import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { createLab, entryOf, every, good, keyOf, minute, plain } from "./lab.ts";
import { mortal } from "./mortal.ts";

const address = "93.184.215.14";
const key = keyOf(address);
/** The clean time alone is shortened. */
const policy = { ...defaultPolicy, cleanFor: minute, recoverAfter: 2 };

interface Ending {
  readonly told: readonly string[];
  readonly ids: readonly unknown[];
  readonly writes: number;
  readonly crashed: boolean;
  readonly left: number;
}

/** The whole arc, with a process that dies at its `fatal`th write. */
async function arc(fatal: number, redelivered: boolean): Promise<Ending> {
  const embedded = await openEmbedded(null);
  try {
    const lab = createLab(embedded.store, 1, policy, every);
    await lab.put([entryOf(address)]);
    const life = mortal(lab, embedded.store, fatal, redelivered);
    lab.servers.set(address, plain);
    await life.run(2 * every);
    lab.servers.set(address, good);
    await life.run(3 * every);
    const active = await embedded.store.state.activeCauses();
    return {
      told: lab.told(),
      ids: lab.log.lines.map(({ id }) => id),
      writes: life.writes,
      crashed: life.crashed,
      left: active.length,
    };
  } finally {
    await embedded.close();
  }
}

const whole = [`opened cleartext ${key}`, `recovered cleartext ${key}`];
/** Well again before the next sender came: the end tells of both. */
const merged = whole.slice(1);

describe("a process that dies between any two writes of the arc", () => {
  it("loses no alarm, and repeats one message at most, by the same id", async () => {
    const calm = await arc(Number.POSITIVE_INFINITY, true);
    expect(calm).toMatchObject({ told: whole, crashed: false, left: 0 });
    for (let fatal = 1; fatal <= calm.writes; fatal++) {
      const ending = await arc(fatal, fatal % 2 === 0);
      const name = `dead at write ${fatal}`;
      expect(ending, name).toMatchObject({ crashed: true, left: 0 });
      const told = [...new Set(ending.told)];
      expect([whole, merged], name).toContainEqual(told);
      expect(new Set(ending.ids).size, name).toBe(told.length);
      expect(ending.told.length, name).toBeLessThanOrEqual(3);
    }
  }, 180_000);
});
