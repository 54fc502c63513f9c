/** One cause, one alarm: what several targets share is told once, and nobody is forgotten when it is over. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RecordEntry } from "../../lib/model/record.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { createLab, entryOf, every, keyOf, type Lab, minute, need, plain } from "./lab.ts";

let folder: string;
let store: Store;
let close: () => Promise<void>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-group-"));
  ({ store, close } = await openEmbedded(folder));
});
afterEach(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const policy = { ...defaultPolicy, cleanFor: 2 * minute };
/** All in one network, so that it isn't our own eyes. */
const addressOf = (number: number) => `203.0.113.${number}`;
const provider = "cleartext provider:mail.example";

async function labOf(count: number, others = 0): Promise<Lab> {
  const lab = createLab(store, 1, policy, 5_000);
  const since = -1_000;
  await lab.put([
    ...Array.from({ length: count }, (_, at) =>
      entryOf(addressOf(at), {
        names: [{ name: `mx${at}.mail.example`, since }],
        needs: [{ ...need, hop: "downstream", customers: 1, customer: `c${at}` }],
      }),
    ),
    ...Array.from({ length: others }, (_, at) =>
      entryOf(`203.0.114.${at}`, { names: [{ name: `mx${at}.mail.example`, since }] }),
    ),
  ]);
  await lab.run(2 * every);
  return lab;
}

function lose(lab: Lab, ...numbers: readonly number[]): void {
  for (const number of numbers) lab.servers.set(addressOf(number), plain);
}
function mend(lab: Lab, ...numbers: readonly number[]): void {
  for (const number of numbers) lab.servers.delete(addressOf(number));
}
const opened = (number: number) => `opened cleartext ${keyOf(addressOf(number))}`;

describe("six targets of one provider", () => {
  it("are told of once, and once when it is over; each stands in the record", async () => {
    const lab = await labOf(6);
    lose(lab, 0, 1, 2, 3, 4, 5);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened ${provider}`]);
    const [message] = lab.operator.letters;
    expect(message?.subject).toContain("TLS lost: mail.example, cleartext, 6 customers");
    expect(message?.text).toContain("Provider mail.example: 6 of 6 targets. Each no longer offers TLS.");
    expect(message?.text).toContain("The servers:\n  mx");
    expect(message?.text).toContain("mx0.mail.example (203.0.113.0:25), c0");

    mend(lab, 0, 1, 2, 3, 4, 5);
    await lab.run(4 * every);
    expect(lab.told()).toEqual([`opened ${provider}`, `recovered ${provider}`]);
    const kinds: string[] = [];
    for await (const { text } of store.ledger.record()) {
      const entry: RecordEntry = JSON.parse(text ?? "null");
      if (entry.kind === "told") kinds.push(`${entry.alert.kind} ${entry.alert.subject} ${entry.to.length}`);
    }
    expect(kinds.filter((line) => line.startsWith("opened 203.0.113.")).length).toBe(6);
    expect(kinds.every((line) => !line.startsWith("opened 203.0.113.") || line.endsWith(" 0"))).toBe(true);
    expect(await store.state.activeCauses()).toEqual([]);
  });

  it("let the last few tell for themselves, if they suffer still when it is over", async () => {
    const lab = await labOf(6);
    lose(lab, 0, 1, 2, 3, 4, 5);
    await lab.run(2 * every);
    mend(lab, 0, 1, 2, 3, 4);
    await lab.run(4 * every);
    expect(lab.told()).toEqual([`opened ${provider}`, `recovered ${provider}`, opened(5)]);
    mend(lab, 5);
    await lab.run(4 * every);
    expect(lab.told().at(-1)).toBe(`recovered cleartext ${keyOf(addressOf(5))}`);
    expect(lab.told()).toHaveLength(4);
  });
});

describe("fewer than five", () => {
  it("are told each", async () => {
    const lab = await labOf(4);
    lose(lab, 0, 1, 2, 3);
    await lab.run(2 * every);
    expect(lab.told().toSorted()).toEqual([0, 1, 2, 3].map(opened));
  });

  it("so are five among many of one provider", async () => {
    const lab = await labOf(5, 30);
    lose(lab, 0, 1, 2, 3, 4);
    await lab.run(2 * every);
    expect(lab.told().toSorted()).toEqual([0, 1, 2, 3, 4].map(opened));
  });
});

describe("a parent that is open", () => {
  it("tells for what opens later, too", async () => {
    const lab = await labOf(7);
    lose(lab, 0, 1, 2, 3, 4, 5);
    await lab.run(2 * every);
    lose(lab, 6);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened ${provider}`]);
  });
});

describe("an opening alone", () => {
  it("waits half a minute for others, and is told 75 s after its first bad answer at the latest", async () => {
    const lab = await labOf(1);
    lose(lab, 0);
    const began = lab.now();
    while (lab.told().length === 0 && lab.now() < began + every) await lab.run(1_000);
    expect(lab.told()).toEqual([opened(0)]);
    const waited = lab.now() - began;
    expect(waited).toBeGreaterThan(60_000);
    expect(waited).toBeLessThanOrEqual(75_000 + 5_000);
  });
});
