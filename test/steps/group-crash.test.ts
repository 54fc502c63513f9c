/** One alarm for one cause, whatever dies while it is made, and however many make it at once. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../lib/model/ports.ts";
import { tendFamilies } from "../../lib/steps/families.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import { meanwhileStore } from "../fakes/meanwhile.ts";
import { minute } from "./lab.ts";
import { type Household, householdOf, policy, siblings, subjectOf } from "./siblings.ts";

const provider = "provider:mail.example";
const all = siblings(5);

let embedded: EmbeddedStore;
let home: Household;
async function fresh(): Promise<void> {
  await embedded?.close();
  embedded = await openEmbedded(null);
  home = householdOf(embedded.store);
  await home.know(all);
}
beforeEach(fresh);
afterEach(() => embedded.close());

interface Ending {
  readonly ids: ReadonlySet<string>;
  readonly copies: number;
  readonly kinds: ReadonlySet<string>;
  readonly left: number;
  readonly writes: number;
  /** How many writes stood before each message left. */
  readonly leftAfter: readonly number[];
}

/** Lost, told, mended, told, one of them perhaps later than the others; the process dies at its `fatal`th write and another goes on when the lease is over. */
async function story(fatal: number, when: "before" | "after", isLastLate = false): Promise<Ending> {
  await fresh();
  const dying = crashingStore(embedded.store, fatal, when);
  home.store = dying.store;
  const leftAfter: number[] = [];
  const operator = home.operator;
  const noting: Channel = {
    ...operator,
    deliver(letter) {
      leftAfter.push(dying.written.length);
      return operator.deliver(letter);
    },
  };
  const minutes = async (count: number) => {
    try {
      await home.minutes(count, { operators: [noting] });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      home.store = embedded.store;
      home.now += 2 * minute;
      await home.minutes(count);
    }
  };
  await home.lose(all);
  await minutes(2);
  const soon = isLastLate ? all.slice(1) : all;
  await home.mend(soon);
  await minutes(6);
  await home.mend(all.slice(0, all.length - soon.length));
  await minutes(isLastLate ? 3 : 0);
  const letters = home.operator.letters;
  return {
    ids: new Set(letters.map(({ id }) => id)),
    copies: letters.length,
    kinds: new Set(home.operated()),
    left: (await embedded.store.state.dueCauses(Number.MAX_SAFE_INTEGER - 1)).filter(({ value }) => value.outbox.length)
      .length,
    writes: dying.written.length,
    leftAfter,
  };
}

const whole = new Set([`opened ${provider}`, `recovered ${provider}`]);

describe("a process that dies at any write while it groups and tells", () => {
  it("has told of the parent, and of its end, once", async () => {
    const calm = await story(Number.POSITIVE_INFINITY, "before");
    expect(calm).toMatchObject({ kinds: whole, copies: 2, left: 0 });
    const before = Array.from({ length: calm.writes }, (_, at) => [at + 1, "before"] as const);
    // After a write and before the next is the same, unless a message leaves between them.
    const after = calm.leftAfter.map((write) => [write, "after"] as const);
    for (const [fatal, when] of [...before, ...after]) {
      const ending = await story(fatal, when);
      const name = `dead ${when} write ${fatal}`;
      expect(ending.kinds, name).toEqual(whole);
      expect(ending.ids.size, name).toBe(2);
      // What left and wasn't marked yet is repeated once, by the same id.
      expect(ending.copies, name).toBeLessThanOrEqual(3);
      expect(ending.left, name).toBe(0);
    }
  }, 180_000);
});

describe("a process that dies at any write where one suffers longer than its parent", () => {
  it("has told of that one, too, once", async () => {
    const calm = await story(Number.POSITIVE_INFINITY, "before", true);
    const kinds = ["opened", "recovered"].flatMap((kind) => [
      `${kind} ${provider}`,
      `${kind} ${subjectOf({ number: 0 })}`,
    ]);
    expect(calm).toMatchObject({ kinds: new Set(kinds), copies: 4, left: 0 });
    for (let fatal = 1; fatal <= calm.writes; fatal++) {
      const ending = await story(fatal, "before", true);
      const name = `dead before write ${fatal}`;
      expect(ending.kinds, name).toEqual(new Set(kinds));
      expect(ending.ids.size, name).toBe(4);
      expect(ending.copies, name).toBeLessThanOrEqual(5);
      expect(ending.left, name).toBe(0);
    }
  }, 180_000);
});

describe("two passes", () => {
  it("at once send one message", async () => {
    await home.lose(all);
    await Promise.all([home.notify(), home.notify()]);
    expect(home.operated()).toEqual([`opened ${provider}`]);
  });

  it("send one message, wherever the second runs within the first", async () => {
    for (let at = 1, begun = at; at <= begun; at++) {
      await fresh();
      await home.lose(all);
      const within = meanwhileStore(embedded.store, at, () => home.notify({ store: embedded.store }));
      home.store = within.store;
      await home.notify();
      begun = within.begun();
      expect(home.operated(), `within write ${at}`).toEqual([`opened ${provider}`]);
      home.store = embedded.store;
      await home.mend(all);
      await home.minutes(6);
      expect(home.operated(), `within write ${at}`).toEqual([`opened ${provider}`, `recovered ${provider}`]);
    }
  }, 120_000);

  it("tell the end of all that they told of, where others are lost while the first four are being told", async () => {
    for (let at = 1, begun = at; at <= begun; at++) {
      await fresh();
      await home.lose(all.slice(0, 4));
      // The first pass asks for a look, and the next one tells.
      await home.minutes(1);
      const within = meanwhileStore(embedded.store, at, async () => {
        await home.lose(all.slice(4));
        await home.notify({ store: embedded.store });
      });
      home.store = within.store;
      await home.notify();
      begun = within.begun();
      home.store = embedded.store;
      await home.minutes(3);
      await home.mend(all);
      await home.minutes(8);
      const told = home.operated();
      const subjects = (kind: string) => told.filter((line) => line.startsWith(kind)).map((line) => line.split(" ")[1]);
      expect(subjects("recovered").toSorted(), `within write ${at}`).toEqual(subjects("opened").toSorted());
      expect(new Set(told).size, `within write ${at}`).toBe(told.length);
    }
  }, 120_000);

  it("keep the list of parents whole, where a tick comes before the parent is written", async () => {
    for (let at = 1, begun = at; at <= begun; at++) {
      await fresh();
      await home.lose(all);
      const within = meanwhileStore(embedded.store, at, () =>
        tendFamilies({ store: embedded.store, policy, now: home.now }),
      );
      home.store = within.store;
      await home.notify();
      begun = within.begun();
      home.store = embedded.store;
      await home.mend(all);
      await home.minutes(6);
      expect(home.operated(), `within write ${at}`).toEqual([`opened ${provider}`, `recovered ${provider}`]);
    }
  }, 120_000);
});
