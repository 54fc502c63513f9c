import { DeleteCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RecordEntry } from "../../lib/model/record.ts";
import { hashOf, type RecordHead, type StoredLink, verifyChain } from "../../lib/store/chain.ts";
import { createStore } from "../../lib/store/dynamo.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { LedgerStore } from "../../lib/store/store.ts";
import { alert, noon, recorded } from "../fakes/causes.ts";

let embedded: EmbeddedStore;
let ledger: LedgerStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  ledger = embedded.store.ledger;
});
afterAll(() => embedded.close());
beforeEach(async () => {
  for (const TableName of [embedded.tables.ledger, embedded.tables.state]) {
    const { Items = [] } = await embedded.client.send(new ScanCommand({ TableName }));
    for (const { pk, sk } of Items) await embedded.client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
  }
});

const message = (number: number): RecordEntry =>
  recorded(alert({ id: `CM-7F3A·${number}`, at: noon + number }), ["console"]);

async function links(): Promise<StoredLink[]> {
  const all: StoredLink[] = [];
  for await (const link of ledger.record()) all.push(link);
  return all;
}

const verified = async () => verifyChain(ledger.record(), await ledger.recordHead());
const texts = async () => (await links()).map(({ text }) => JSON.parse(text ?? "").alert.id);

describe("the record of incidents", () => {
  it("keeps what was told to whom, in the order of its telling", async () => {
    for (const number of [1, 2, 3]) await ledger.putRecord(message(number));
    expect(await texts()).toEqual(["CM-7F3A·1", "CM-7F3A·2", "CM-7F3A·3"]);
    expect((await ledger.alerts(2)).map(({ alert: { id }, to }) => [id, to])).toEqual([
      ["CM-7F3A·3", ["console"]],
      ["CM-7F3A·2", ["console"]],
    ]);
    expect(await verified()).toMatchObject({ kind: "unbroken", entries: 3 });
  });

  it("binds each entry to its predecessor by SHA-256, as documented", async () => {
    await ledger.putRecord(message(1));
    await ledger.putRecord(message(2));
    const [first, second] = await links();
    expect(first?.previous).toBe("0".repeat(64));
    expect(second?.previous).toBe(first?.hash);
    expect(second?.hash).toBe(hashOf({ seq: 2, previous: first?.hash ?? "", text: second?.text ?? "" }));
  });

  it("takes an entry once, whatever is tried again, and never writes over it", async () => {
    await ledger.putRecord(message(1));
    await ledger.putRecord(message(2));
    await ledger.putRecord({
      ...recorded(alert({ id: "CM-7F3A·1", at: noon + 1 }), ["console", "file"]),
      at: noon + 99,
    });
    expect(await texts()).toEqual(["CM-7F3A·1", "CM-7F3A·2"]);
    expect((await ledger.alerts(5)).at(-1)?.to).toEqual(["console"]);
  });

  it("doesn't fork under writers that come at once", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, number) => ledger.putRecord(message(number + 1))));
    expect(await verified()).toMatchObject({ kind: "unbroken", entries: 12 });
    expect(new Set(await texts()).size).toBe(12);
    expect((await ledger.recordHead())?.seq).toBe(12);
  });

  it("lists what nobody was told, and leaves out what is only held and who acknowledged", async () => {
    const held = { kind: "silence", id: "S-1", reason: "move", by: "ops", until: noon } as const;
    await ledger.putRecord({ kind: "held", at: noon, alert: alert({ held }) });
    await ledger.putRecord({ kind: "untold", at: noon, alert: alert({ held }) });
    const acknowledged = { incident: "CM-7F3A", class: "cleartext", subject: "192.0.2.1:25", by: "ops" } as const;
    await ledger.putRecord({ kind: "acknowledged", at: noon, ...acknowledged });
    expect(await ledger.alerts(9)).toEqual([{ alert: alert({ held }), to: [] }]);
    expect(await verified()).toMatchObject({ kind: "unbroken", entries: 3 });
  });

  it.each(["before", "after"] as const)(
    "a writer that dies %s any of its writes leaves no gap, no fork and no entry twice",
    async (when) => {
      await ledger.putRecord(message(1));
      for (let fatal = 1; fatal <= 3; fatal++) {
        const entry = message(fatal + 1);
        await expect(dying(fatal, when).putRecord(entry)).rejects.toThrow("died");
        if (fatal % 2 === 0) await ledger.putRecord(message(fatal + 20));
        await ledger.putRecord(entry);
        expect(await verified()).toMatchObject({ kind: "unbroken" });
      }
      expect((await texts()).sort()).toEqual(["CM-7F3A·1", "CM-7F3A·2", "CM-7F3A·22", "CM-7F3A·3", "CM-7F3A·4"]);
      expect((await ledger.recordHead())?.seq).toBe(5);
    },
  );

  it("goes on behind an entry that somebody made unreadable", async () => {
    await ledger.putRecord(message(1));
    await overwrite("000000000001", { entry: new Uint8Array([1, 2, 3]) });
    await ledger.putRecord(message(2));
    expect(await ledger.alerts(9)).toHaveLength(1);
    expect(await verified()).toMatchObject({ kind: "broken", entry: "1", what: "changed" });
  });
});

/** A ledger whose process dies at its n-th put. */
function dying(fatal: number, when: "before" | "after"): LedgerStore {
  const { client, tables } = embedded;
  let puts = 0;
  const send = async (command: unknown) => {
    const isFatal = command instanceof PutCommand && ++puts === fatal;
    if (isFatal && when === "before") throw new Error("died");
    const answer = await client.send(command as PutCommand);
    if (isFatal) throw new Error("died");
    return answer;
  };
  return createStore({ ...client, send } as unknown as typeof client, tables).ledger;
}

async function overwrite(sk: string, change: Readonly<Record<string, unknown>>): Promise<void> {
  const stands = (await links()).find(({ key }) => key === sk);
  const { previous = "", hash = "" } = stands ?? {};
  const Item = { pk: "RECORD", sk, previous, hash, ...change };
  await embedded.client.send(new PutCommand({ TableName: embedded.tables.ledger, Item }));
}

describe("a walk along the chain", () => {
  /** Five entries and the note of the last. */
  async function whole(): Promise<{ all: StoredLink[]; head: RecordHead | null }> {
    for (const number of [1, 2, 3, 4, 5]) await ledger.putRecord(message(number));
    return { all: await links(), head: await ledger.recordHead() };
  }
  const rehashed = (link: StoredLink, change: Partial<StoredLink>): StoredLink => {
    const next = { ...link, ...change };
    return { ...next, hash: hashOf({ seq: next.seq ?? 0, previous: next.previous, text: next.text ?? "" }) };
  };
  type Forgery = (all: StoredLink[]) => StoredLink[];
  const at = (place: number, change: (link: StoredLink) => StoredLink): Forgery => {
    return (all) => all.map((link, index) => (index === place ? change(link) : link));
  };

  it.each<[name: string, forge: Forgery, entry: string, what: string]>([
    ["other words", at(1, (link) => ({ ...link, text: `${link.text} ` })), "2", "changed"],
    ["other words with a hash to fit", at(1, (link) => rehashed(link, { text: "{}" })), "2", "changed"],
    ["the first entry with a hash to fit", at(0, (link) => rehashed(link, { text: "{}" })), "1", "changed"],
    ["the last entry with a hash to fit", at(4, (link) => rehashed(link, { text: "{}" })), "5", "changed"],
    ["another predecessor", at(2, (link) => rehashed(link, { previous: "f".repeat(64) })), "3", "changed"],
    ["an unreadable entry", at(3, (link) => ({ ...link, text: null })), "4", "changed"],
    ["the first entry gone", (all) => all.slice(1), "1", "removed"],
    ["one in the middle gone", (all) => all.filter((_, index) => index !== 2), "3", "removed"],
    ["the last gone", (all) => all.slice(0, -1), "5", "removed"],
    ["all gone", () => [], "1", "removed"],
    [
      "an entry with a key of its own",
      (all) => [...all, { ...(all[0] as StoredLink), seq: null, key: "x" }],
      "x",
      "inserted",
    ],
    [
      "one more, bound to nothing",
      (all) => [...all, rehashed(all[4] as StoredLink, { seq: 6, previous: "f".repeat(64) })],
      "6",
      "inserted",
    ],
  ])("finds %s", async (_, forge, entry, what) => {
    const { all, head } = await whole();
    expect(await verifyChain(forge(all), head)).toMatchObject({ kind: "broken", entry, what });
  });

  it("finds that all was written anew from one entry on", async () => {
    const { all, head } = await whole();
    let previous = all[1]?.hash ?? "";
    const forged = all.map((link, index) => {
      if (index < 2) return link;
      const next = rehashed(link, { previous, text: "{}" });
      previous = next.hash;
      return next;
    });
    expect(await verifyChain(forged, head)).toMatchObject({ kind: "broken", entry: "5", what: "changed" });
  });

  it("finds that the note of the newest entry is gone", async () => {
    const { all } = await whole();
    expect(await verifyChain(all, null)).toMatchObject({ kind: "broken", what: "changed" });
  });

  it("takes an entry whose note was lost in a crash", async () => {
    const { all } = await whole();
    const noted = { seq: 4, hash: all[3]?.hash ?? "" };
    expect(await verifyChain(all, noted)).toMatchObject({ kind: "unbroken", entries: 5 });
  });

  it("has nothing to say of an empty record", async () => {
    expect(await verified()).toEqual({ kind: "unbroken", entries: 0, head: null });
  });
});
