import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScanProgress, ScanResult } from "../../lib/model/deep-scan.ts";
import type { Slice, SlotMemory } from "../../lib/model/roster.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { StateStore } from "../../lib/store/store.ts";
import { owed } from "../fakes/causes.ts";
import { scanOf } from "../judge/grades/scans.ts";
import { cause, certificate, observation, t0, targetState } from "./samples.ts";

let embedded: EmbeddedStore;
let state: StateStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  state = embedded.store.state;
});
afterAll(() => embedded.close());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("domains and hosts", () => {
  it("are kept, listed and removed by name", async () => {
    const mx = { kind: "null-mx", ttl: 300 } as const;
    await state.putDomain({ domain: "acme.example", mx, since: t0, failure: null });
    await state.putDomain({ domain: "other.example", mx, since: t0, failure: null });
    await state.removeDomain("other.example");
    expect(await all(state.domains())).toEqual([{ domain: "acme.example", mx, since: t0, failure: null }]);
    expect(await state.domain("other.example")).toBeUndefined();

    const facts = { host: "mx.acme.example", addresses: ["192.0.2.1"], aliases: [], failure: null, ttl: 60 };
    await state.putHost({ facts, since: t0, failure: null, pool: null });
    expect(await state.host("mx.acme.example")).toEqual({ facts, since: t0, failure: null, pool: null });
    expect(await all(state.hosts())).toHaveLength(1);
    await state.removeHost("mx.acme.example");
    expect(await all(state.hosts())).toEqual([]);
  });
});

describe("choices of contacts", () => {
  it("are kept by address, the last one, and listed", async () => {
    expect(await state.choice("it@acme.example")).toBeUndefined();
    const left = { address: "it@acme.example", wants: false, at: t0, by: "page" } as const;
    await state.putChoice({ ...left, address: "it@other.example" });
    await state.putChoice(left);
    const back = { ...left, wants: true, at: t0 + 1 };
    await state.putChoice(back);
    expect(await state.choice("it@acme.example")).toEqual(back);
    expect(await all(state.choices())).toHaveLength(2);
  });
});

function slice(number: number, names: number): Slice {
  return {
    number,
    vantage: "here",
    entries: [
      null,
      {
        target: { address: "192.0.2.1", port: 25, tls: "starttls" },
        names: Array.from({ length: names }, (_, at) => ({
          name: `mx-${(at * 7919) % 1_000_003}.${(at * 104_729) % 999_983}.example`,
          since: 7,
        })),
        vantage: "here",
        outside: true,
        allowPrivate: false,
        needs: [],
        beside: [],
        since: 7,
      },
    ],
  };
}

describe("rosters", () => {
  it("come back slice by slice, with their free slots", async () => {
    await state.putSlice(slice(0, 1));
    await state.putSlice(slice(11, 2));
    expect(await state.slices()).toEqual([slice(0, 1), slice(11, 2)]);
    expect(await state.slice(11)).toEqual(slice(11, 2));
    expect(await state.slice(3)).toBeUndefined();
  });

  it("of an older release are read as what they were: one vantage, which saw the internet where it was the default", async () => {
    const { entries, ...rest } = slice(11, 2);
    const old = entries.map((entry) => {
      if (entry === null) return null;
      const { outside: _outside, beside: _beside, ...kept } = entry;
      return kept;
    });
    await state.putSlice({ ...rest, entries: old as unknown as Slice["entries"] });
    expect(await state.slice(11)).toEqual(slice(11, 2));
    const inside = old.map((entry) => entry && { ...entry, vantage: "inside" });
    await state.putSlice({ ...rest, entries: inside as unknown as Slice["entries"] });
    expect((await state.slice(11))?.entries[1]).toMatchObject({ outside: false, beside: [] });
    await state.putSlice(slice(11, 2));
  });

  it("hold a target that serves a hundred thousand names, which no single item could", async () => {
    await state.putSlice(slice(5, 100_000));
    expect((await state.slice(5))?.entries[1]?.names).toHaveLength(100_000);
    await state.putSlice(slice(5, 90_000));
    expect((await state.slice(5))?.entries[1]?.names).toHaveLength(90_000);
    await state.putSlice(slice(5, 1));
    expect(await state.slice(5)).toEqual(slice(5, 1));
  }, 60_000);

  it("tell the revision they were built from", async () => {
    expect(await state.rosterRevision()).toBe(0);
    await state.putRosterRevision(4);
    expect(await state.rosterRevision()).toBe(4);
  });
});

describe("memory of a slice", () => {
  const slots: readonly SlotMemory[] = [
    { fingerprint: "f00d", mark: "tls", hot: ["cleartext"], rejudgeAt: t0, needs: "n1" },
  ];

  it("is written only by who read it last", async () => {
    expect(await state.memory(0)).toEqual({ value: [], version: 0 });
    expect(await state.putMemory(0, { value: slots, version: 0 })).toBe(true);
    expect(await state.putMemory(0, { value: [], version: 0 })).toBe(false);
    expect(await state.memory(0)).toEqual({ value: slots, version: 1 });
    expect(await state.putMemory(0, { value: [], version: 1 })).toBe(true);
    expect(await state.putMemory(0, { value: slots, version: 1 })).toBe(false);
  });
});

describe("scans", () => {
  const progress: ScanProgress = {
    depth: "grade",
    beside: "1a2b",
    trail: [{ question: "sslv2", answer: { kind: "refused", how: "closed" } }],
    exhibits: { certificates: {}, primes: {} },
  };
  const result: ScanResult = {
    scan: scanOf({ suites: { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] } }),
    since: t0,
    changed: { at: t0, words: ["TLSv1 is gone"] },
    throttled: null,
  };

  it("are written on by who read them last", async () => {
    expect(await state.scanProgress("192.0.2.1:25")).toEqual({ value: null, version: 0 });
    expect(await state.putScanProgress("192.0.2.1:25", { value: progress, version: 0 })).toBe(true);
    expect(await state.putScanProgress("192.0.2.1:25", { value: { ...progress, trail: [] }, version: 0 })).toBe(false);
    expect(await state.scanProgress("192.0.2.1:25")).toEqual({ value: progress, version: 1 });
    const all = await state.scansInProgress(["192.0.2.1:25", "192.0.2.2:25"]);
    expect([...all]).toEqual([["192.0.2.1:25", { value: progress, version: 1 }]]);
  });

  it("leave what they found, apart from their answers", async () => {
    await state.putScanResult("192.0.2.1:25", result);
    expect(await state.scanResult("192.0.2.1:25")).toEqual(result);
    expect([...(await state.scanResults(["192.0.2.1:25", "192.0.2.2:25"]))]).toEqual([["192.0.2.1:25", result]]);
    expect(await state.scanResult("192.0.2.2:25")).toBeUndefined();
  });

  it("tell who speaks SSLv2 with a key, written on by who read it last", async () => {
    const [key, other] = ["ab".repeat(32), "cd".repeat(32)];
    expect(await state.sslv2Speakers([key, other])).toEqual(new Map());
    const one = ["192.0.2.1:25"];
    expect(await state.putSslv2Speakers(key, { value: one, version: 0 }, t0)).toBe(true);
    expect(await state.putSslv2Speakers(key, { value: [], version: 0 }, t0)).toBe(false);
    expect(await state.sslv2Speakers([key, other])).toEqual(new Map([[key, { value: one, version: 1 }]]));
    // Where somebody speaks it, it stays.
    await embedded.store.ledger.expire(t0 + 60_000);
    expect((await state.sslv2Speakers([key])).get(key)).toEqual({ value: one, version: 1 });
    expect(await state.putSslv2Speakers(key, { value: [], version: 1 }, t0)).toBe(true);
    expect((await state.sslv2Speakers([key])).get(key)).toEqual({ value: [], version: 2 });
    await embedded.store.ledger.expire(t0 + 60_000);
    expect(await state.sslv2Speakers([key])).toEqual(new Map());
  });

  it("go in time with a target that nobody uses, unless they are put again", async () => {
    for (const key of ["192.0.2.7:25", "192.0.2.8:25"]) {
      await state.putScanResult(key, result);
      await state.putScanProgress(key, { value: progress, version: 0 });
      await state.retireScan(key, t0 + 1_000);
    }
    await state.putScanResult("192.0.2.8:25", result);
    await embedded.store.ledger.expire(t0 + 5_000);
    expect(await state.scanResult("192.0.2.7:25")).toBeUndefined();
    expect((await state.scanProgress("192.0.2.7:25")).value).toBe(null);
    expect(await state.scanResult("192.0.2.8:25")).toEqual(result);
    await state.retireScan("192.0.2.99:25", t0);
  });
});

describe("targets", () => {
  it("come back with facts and silence, each at its vantage", async () => {
    const silent = targetState({ vantage: "inside", silence: { observation: observation(), since: t0 + 1 } });
    await state.putTarget(targetState());
    await state.putTarget(silent);
    expect(await state.target("192.0.2.1:25", "here")).toEqual(targetState());
    expect(await state.target("192.0.2.1:25", "inside")).toEqual(silent);
    expect(await state.target("192.0.2.2:25", "here")).toBeUndefined();
  });

  it("are read many at once, each once, and those that aren't there left out", async () => {
    const keys = Array.from({ length: 130 }, (_, at) => ({ key: `192.0.2.9:${at + 1}`, vantage: "here" }));
    for (const { key } of keys.slice(0, 120)) await state.putTarget(targetState({ key }));
    const found = await state.targets([...keys, ...keys.slice(0, 5)]);
    expect(found.map(({ key }) => key).sort()).toEqual(
      keys
        .slice(0, 120)
        .map(({ key }) => key)
        .sort(),
    );
  });

  it("that nobody uses lose their names at once and their facts in time, unless they are put again", async () => {
    const [left, back] = ["192.0.2.7:25", "192.0.2.8:25"];
    for (const key of [left, back]) {
      await state.putTarget(targetState({ key }));
      await state.putName(key, "here", { name: "a.example", certificate: null, at: t0 });
      await state.retireTarget(key, "here", t0 + 1_000);
      expect(await state.names(key, "here")).toEqual([]);
      expect(await state.target(key, "here")).toEqual(targetState({ key }));
    }
    await state.putTarget(targetState({ key: back }));
    await embedded.store.ledger.expire(t0 + 5_000);
    expect(await state.target(left, "here")).toBeUndefined();
    expect(await state.target(back, "here")).toBeDefined();
    await state.retireTarget("192.0.2.99:25", "here", t0);
  });

  it("share the certificate that many names show", async () => {
    for (const name of ["a.example", "b.example"]) {
      await state.putName("192.0.2.1:25", "here", { name, certificate: certificate(), at: t0 });
    }
    await state.putName("192.0.2.1:25", "here", { name: "c.example", certificate: null, at: t0 });
    const names = await state.names("192.0.2.1:25", "here");
    expect(names.map(({ name }) => name)).toEqual(["a.example", "b.example", "c.example"]);
    expect(names[0]?.certificate).toEqual(certificate());
    expect(names[1]?.certificate).toBe(names[0]?.certificate);
    expect(names[2]?.certificate).toBeNull();
    expect(await state.names("192.0.2.1:25", "inside")).toEqual([]);
  });

  it("keep a certificate for more than a year after its end, or after it was first shown when it was over", async () => {
    const day = 86_400_000;
    const shown = { running: certificate("b".repeat(64)), over: certificate("c".repeat(64)) };
    const { notAfter } = shown.running.leaf;
    await state.putName("192.0.2.5:25", "here", { name: "a.example", certificate: shown.running, at: t0 });
    await state.putName("192.0.2.5:25", "here", {
      name: "b.example",
      certificate: shown.over,
      at: notAfter + 30 * day,
    });
    const known = async () => (await state.names("192.0.2.5:25", "here")).map(({ certificate: one }) => one !== null);
    await embedded.store.ledger.expire(notAfter + 399 * day);
    expect(await known()).toEqual([true, true]);
    await embedded.store.ledger.expire(notAfter + 401 * day);
    expect(await known()).toEqual([false, true]);
  });

  it("are kept even when a server sent more than an item holds, and the cut is seen", async () => {
    const noise = (seed: number) => createHash("shake256", { outputLength: 1_500 }).update(`${seed}`).digest("base64");
    const transcript = Array.from({ length: 900 }, (_, at) => ({
      at,
      kind: "received" as const,
      encrypted: false,
      text: `250-${noise(at)}`,
    }));
    const hostile = targetState({ key: "192.0.2.66:25", facts: observation({ transcript }) });
    await state.putTarget(hostile);
    const kept = (await state.target("192.0.2.66:25", "here"))?.facts?.transcript ?? [];
    expect(kept[0]?.text).toMatch(/^250-.*… \(\d+ more characters were not kept\)$/s);
    expect(kept.at(-1)?.text).toMatch(/^\(\d+ more lines were not kept\)$/);
  });
});

describe("causes", () => {
  it("are written only by who read them last", async () => {
    expect(await state.cause("cleartext", "192.0.2.1:25")).toEqual({ value: null, version: 0 });
    expect(await state.putCause({ value: cause(), version: 0 })).toBe(true);
    expect(await state.putCause({ value: cause(), version: 0 })).toBe(false);
    expect(await state.cause("cleartext", "192.0.2.1:25")).toEqual({ value: cause(), version: 1 });
  });

  it("are due at their own time, not before", async () => {
    const { due } = cause();
    expect(await state.dueCauses((due ?? 0) - 1)).toEqual([]);
    expect(await state.dueCauses(due ?? 0)).toEqual([{ value: cause(), version: 1 }]);
  });

  it("are due when they owe a message that nobody holds", async () => {
    const entry = owed({ at: t0, since: t0, context: cause().context }, { notBefore: t0 + 5, leasedUntil: t0 + 9 });
    const open = cause({ state: "open", due: null, outbox: [entry] });
    expect(await state.putCause({ value: open, version: 1 })).toBe(true);
    expect(await state.dueCauses(t0 + 8)).toEqual([]);
    expect(await state.dueCauses(t0 + 9)).toEqual([{ value: open, version: 2 }]);
  });

  it("are active as long as they aren't clear, also when only an answer can wake them", async () => {
    const open = cause({ state: "open", due: null });
    expect(await state.putCause({ value: open, version: 2 })).toBe(true);
    expect(await state.dueCauses(t0 + 10 ** 10)).toEqual([]);
    expect(await state.activeCauses()).toEqual([{ value: open, version: 3 }]);
  });

  it("leave the index when clear, and the table when nothing in them counts any more", async () => {
    const clear = cause({ state: "clear", due: null });
    expect(await state.putCause({ value: clear, version: 3 })).toBe(true);
    expect(await state.activeCauses()).toEqual([]);
    expect((await state.cause("cleartext", "192.0.2.1:25")).version).toBe(4);
    const spent = cause({ state: "clear", due: null, votes: [] });
    expect(await state.putCause({ value: spent, version: 3 })).toBe(false);
    expect(await state.putCause({ value: spent, version: 4 })).toBe(true);
    expect(await state.cause("cleartext", "192.0.2.1:25")).toEqual({ value: null, version: 0 });
    expect(await state.putCause({ value: spent, version: 0 })).toBe(true);
  });
});

describe("cycles", () => {
  const every = 300_000;

  it("are claimed once, in order", async () => {
    expect(await state.lastCycle()).toBeUndefined();
    expect(await state.claimCycle(100, t0, every)).toBe(true);
    expect(await state.claimCycle(100, t0 + 5, every)).toBe(false);
    expect(await state.claimCycle(99, t0 + 5, every)).toBe(false);
    expect(await state.claimCycle(101, t0 + every, every)).toBe(true);
    expect(await state.lastCycle()).toEqual({ cycle: 101, at: t0 + every });
  });

  it("go on when the interval is changed, though the numbers fall", async () => {
    expect(await state.claimCycle(50, t0 + every, 2 * every)).toBe(false);
    expect(await state.claimCycle(51, t0 + 2 * every, 2 * every)).toBe(true);
    // By a clock that was ahead, and has been set right since.
    expect(await state.claimCycle(900, 900 * every, every)).toBe(true);
    expect(await state.claimCycle(204, 204 * every, every)).toBe(true);
    expect(await state.claimCycle(204, 204 * every, every)).toBe(false);
  });
});
