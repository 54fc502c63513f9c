import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import { createLab, entryOf, every, good, keyOf, minute, plain } from "./lab.ts";

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

/**
 * The whole arc, with a process that dies at its `fatal`th write. `redelivered`: the batch in its hands comes again, as
 * from SQS; else it is lost with all jobs that waited, as when `chainmail up` is killed.
 */
async function arc(fatal: number, redelivered: boolean): Promise<Ending> {
  const embedded = await openEmbedded(null);
  try {
    const lab = createLab(embedded.store, 1, policy, every);
    await lab.put([entryOf(address)]);
    const dying = crashingStore(embedded.store, fatal);
    lab.use(dying.store);
    let crashed = false;
    const run = async (ms: number) => {
      const end = lab.now() + ms;
      while (lab.now() < end) {
        try {
          await lab.run(end - lab.now());
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          crashed = true;
          lab.use(embedded.store);
          lab.restart(redelivered);
        }
      }
    };
    lab.servers.set(address, plain);
    await run(2 * every);
    lab.servers.set(address, good);
    await run(3 * every);
    const active = await embedded.store.state.activeCauses();
    return {
      told: lab.told(),
      ids: lab.log.lines.map(({ id }) => id),
      writes: dying.written.length,
      crashed,
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
