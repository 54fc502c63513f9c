/** DROWN across the targets of a fleet: whoever speaks SSLv2 makes it a flaw of all that have its key. */

import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { besidesOf } from "../../lib/judge/besides.ts";
import { defaultFloor, defaultRequirement } from "../../lib/model/customer.ts";
import type { ScanAnswer, ScanResults } from "../../lib/model/deep-scan.ts";
import { type TargetKey, targetKey } from "../../lib/model/target.ts";
import { publicKeysOf } from "../../lib/protocols/scan/flaws/drown.ts";
import { resume } from "../../lib/protocols/scan/resume.ts";
import { suiteByName } from "../../lib/protocols/tls/suites.ts";
import { judgeScans } from "../../lib/steps/judge-scan.ts";
import { programOf } from "../../lib/steps/scan-program.ts";
import { forgetSslv2 } from "../../lib/steps/sslv2-keys.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { StateStore, Store } from "../../lib/store/store.ts";
import { selfSigned } from "../fakes/certificates.ts";
import { countWriteUnits, type WriteUnits } from "../fakes/units.ts";
import { answerOf } from "../protocols/scan/model-server.ts";
import { observation } from "../store/samples.ts";
import { entryOf, need } from "./lab.ts";

const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] as const;
type Address = (typeof addresses)[number];
const [old, mail, stranger, late] = addresses;
const keyOf = (address: Address): TargetKey => `${address}:25`;
const suites = { 771: [suiteByName("ECDHE-RSA-AES128-GCM-SHA256")?.code ?? 0] };
const floor = { ...defaultFloor, acceptsNothingBelow: true } as const;

/** Two certificates of one key, and one of another. */
let certificates: Readonly<Record<Address, Buffer>>;
beforeAll(async () => {
  const made = await Promise.all(addresses.map((address) => selfSigned({ names: [address], key: "rsa2048" })));
  const other = await selfSigned({ names: ["other.example"], key: "rsa1024" });
  certificates = Object.fromEntries(
    addresses.map((address, at) => [address, (address === stranger ? other : made[at])?.der]),
  ) as Record<Address, Buffer>;
});

let embedded: EmbeddedStore;
let store: Store;
let clock: number;
let units: WriteUnits;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  store = embedded.store;
  units = countWriteUnits(embedded.client, embedded.tables);
  clock = 1_800_000_000_000;
  const decides = [{ ...need, require: { ...defaultRequirement, floor } }];
  const entries = addresses.map((address) => entryOf(address, address === mail ? { needs: decides } : {}));
  await store.state.putSlice({ number: 1, vantage: "here", entries });
});
afterEach(() => embedded.close());

const common = { slice: 1, depth: "grade", flaws: "usual", beside: "" } as const;

/** All questions of a grade, asked at once. */
async function scanned(address: Address, { speaks = false } = {}): Promise<ScanAnswer> {
  const certificate = certificates[address];
  const { target } = entryOf(address);
  const { trail, exhibits } = await resume(programOf("grade"), { target, serverName: null, at: clock }, [], {
    async ask(question) {
      const answer = answerOf({ suites, groups: [29] }, question);
      return answer.kind === "chosen" ? { ...answer, certificates: [certificate] } : answer;
    },
    askSslv2: async () => (speaks ? { kinds: [0x010080], certificate } : { kind: "refused", how: "closed" }),
    flaws: [],
    most: 100,
  });
  const { version } = await store.state.scanProgress(keyOf(address));
  return {
    ...common,
    kind: "news",
    slot: slotOf(address),
    target: targetKey(target),
    version,
    at: clock,
    trail,
    exhibits,
    stopped: null,
  };
}

/** All is as it was; asked again from its `again`th answer on. */
function same(address: Address, again = 0): ScanAnswer {
  return { ...common, kind: "same", slot: slotOf(address), target: keyOf(address), version: 1, at: clock, again };
}

const slotOf = (address: Address) => addresses.indexOf(address);

async function judged(...answers: readonly (ScanAnswer | Promise<ScanAnswer>)[]) {
  clock += 60_000;
  const results: ScanResults = { v: 4, cycle: 7, vantage: "here", answers: await Promise.all(answers) };
  const changes = await judgeScans(results, { store, now: () => clock });
  // Delivered again, it changes nothing.
  const { writes } = units;
  await judgeScans(results, { store, now: () => clock });
  expect(units.writes).toBe(writes);
  return changes.map(({ target, words }) => [target, ...words]);
}

async function drownAt(address: Address) {
  const result = await store.state.scanResult(keyOf(address));
  if (result === undefined) throw new Error(`${address} was not scanned`);
  const found = besidesOf(result, observation(), defaultFloor).find(({ code }) => code === "flaw.drown");
  return found && `${found.severity}: ${found.evidence.join("; ")}`;
}

const own = "critical: SSLv2: RC4-MD5";
const shared = "critical: the same key at 192.0.2.1:25, which speaks SSLv2";
const rejudgedAt = async (address: Address) => (await store.state.memory(1)).value[slotOf(address)]?.rejudgeAt ?? null;

describe("who has the key of one that speaks SSLv2", () => {
  it("has the flaw as well, when it is scanned after that one", async () => {
    await judged(scanned(old, { speaks: true }));
    await judged(scanned(mail), scanned(stranger));
    expect([await drownAt(old), await drownAt(mail), await drownAt(stranger)]).toEqual([own, shared, undefined]);
  });

  it("has it in the same batch, whichever comes first", async () => {
    await judged(scanned(mail), scanned(old, { speaks: true }), scanned(stranger));
    expect([await drownAt(mail), await drownAt(stranger)]).toEqual([shared, undefined]);
  });

  it("has it when all is asked of it again, is told so in words, and judged anew; others are left alone", async () => {
    await judged(scanned(mail), scanned(stranger));
    const before = await store.state.scanResult(keyOf(stranger));
    expect(await judged(scanned(old, { speaks: true }))).toEqual([[keyOf(old)]]);
    expect(await drownAt(mail)).toBe(undefined);
    const { writes } = units;
    // In the middle of a round nobody looks.
    expect(await judged(same(mail, 2), same(stranger, 2))).toEqual([]);
    expect(await judged(same(stranger))).toEqual([]);
    expect(units.writes).toBe(writes);
    const memory = await store.state.memory(1);
    const looked = memory.value.map((slot) => ({ ...slot, rejudgeAt: null }));
    await store.state.putMemory(1, { ...memory, value: looked });
    expect(await judged(same(mail), same(stranger))).toEqual([[keyOf(mail), "drown is new"]]);
    expect(await drownAt(mail)).toBe(shared);
    expect(await rejudgedAt(mail)).toBe((await store.state.scanResult(keyOf(mail)))?.since);
    expect(await store.state.scanResult(keyOf(stranger))).toEqual(before);
    const [event] = await store.ledger.events(keyOf(mail), 1);
    expect(event).toMatchObject({ kind: "scan", words: ["drown is new"] });
  });

  it("is rid of it once that one ceases to speak it", async () => {
    await judged(scanned(old, { speaks: true }), scanned(mail));
    expect(await judged(scanned(old))).toEqual([[keyOf(old), "SSLv2 is gone", "drown is gone"]]);
    expect(await judged(same(mail))).toEqual([[keyOf(mail), "drown is gone"]]);
    expect([await drownAt(old), await drownAt(mail)]).toEqual([undefined, undefined]);
    expect(await speakersOf(old)).toEqual([]);
  });

  it("keeps it while another speaks it with that key", async () => {
    await judged(scanned(old, { speaks: true }), scanned(late, { speaks: true }), scanned(mail));
    expect(await drownAt(mail)).toBe(`${shared}; the same key at 192.0.2.4:25, which speaks SSLv2`);
    await judged(scanned(old));
    await judged(same(mail));
    expect(await drownAt(mail)).toBe("critical: the same key at 192.0.2.4:25, which speaks SSLv2");
    expect(await drownAt(old)).toBe(await drownAt(mail));
  });

  it("is rid of it once nobody uses that one any more", async () => {
    await judged(scanned(old, { speaks: true }), scanned(mail));
    await forgetSslv2(keyOf(mail), { store, now: () => clock });
    await forgetSslv2(keyOf(old), { store, now: () => clock });
    await judged(same(mail));
    expect(await drownAt(mail)).toBe(undefined);
  });

  it("doesn't have it by what is kept of a scan that is gone", async () => {
    const [key = ""] = keysOf(old);
    await store.state.putSslv2Speakers(key, { value: [keyOf(old)], version: 0 }, clock);
    await judged(scanned(mail));
    expect(await drownAt(mail)).toBe(undefined);
  });
});

const keysOf = (address: Address) =>
  publicKeysOf({ certificates: [{ sha256: "", der: certificates[address].toString("base64") }] });

async function speakersOf(address: Address) {
  const found = await store.state.sslv2Speakers(keysOf(address));
  return [...found.values()].flatMap(({ value }) => value);
}

describe("what it costs", () => {
  const counting = (calls: string[]): Store => {
    const state = new Proxy(store.state, {
      get(whole, name: keyof StateStore) {
        const method = whole[name];
        return (...given: never[]) => {
          calls.push(name);
          return (method as (...given: never[]) => unknown)(...given);
        };
      },
    });
    return { ...store, state };
  };

  it("is one read for a whole batch of ends, and one write where somebody began to speak it", async () => {
    const answers = await Promise.all([
      scanned(mail),
      scanned(stranger),
      scanned(late),
      scanned(old, { speaks: true }),
    ]);
    const calls: string[] = [];
    const results: ScanResults = { v: 4, cycle: 7, vantage: "here", answers };
    await judgeScans(results, { store: counting(calls), now: () => clock });
    const about = (name: keyof StateStore) => calls.filter((call) => call === name).length;
    expect([about("sslv2Speakers"), about("putSslv2Speakers")]).toEqual([1, 1]);
    // Those that were found are in the batch themselves.
    expect(about("scanResults")).toBe(0);
  });

  it("is nothing for answers in the middle of a round", async () => {
    await judged(scanned(mail));
    const calls: string[] = [];
    const results: ScanResults = { v: 4, cycle: 8, vantage: "here", answers: [same(mail, 1)] };
    await judgeScans(results, { store: counting(calls), now: () => clock });
    expect(calls).toEqual([]);
  });

  it("is another read where somebody wrote in between, and nobody is lost", async () => {
    const [key = ""] = keysOf(old);
    const answers = [await scanned(old, { speaks: true })];
    let isFirst = true;
    const state = {
      ...store.state,
      async sslv2Speakers(keys: readonly string[]) {
        const read = await store.state.sslv2Speakers(keys);
        if (isFirst) await store.state.putSslv2Speakers(key, { value: [keyOf(late)], version: 0 }, clock);
        isFirst = false;
        return read;
      },
    };
    await judgeScans({ v: 4, cycle: 7, vantage: "here", answers }, { store: { ...store, state }, now: () => clock });
    expect(await speakersOf(old)).toEqual([keyOf(old), keyOf(late)]);
  });
});
