/** The scan in the scheduled flow: what is asked when, what is written, what is told. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { gradesOf } from "../../lib/judge/grades/grade.ts";
import { leavesOf } from "../../lib/judge/grades/leaves.ts";
import { judgeTarget, lookOf } from "../../lib/judge/target.ts";
import { defaultFloor, defaultRequirement } from "../../lib/model/customer.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { targetKey } from "../../lib/model/target.ts";
import { publicKeysOf } from "../../lib/protocols/scan/flaws/drown.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";
import { countWriteUnits } from "../fakes/units.ts";
import { createDeepLab, onLoopback } from "./deep-lab.ts";
import { every, need } from "./lab.ts";

let embedded: EmbeddedStore;
let store: Store;
let server: FakeMailServer;
let entry: RosterEntry;
let key: string;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  store = embedded.store;
  server = await startMailServer({ tls: { minVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } });
  entry = onLoopback(server.port);
  key = targetKey(entry.target);
});
afterEach(async () => {
  await Promise.all([embedded.close(), server.close()]);
});

const spoken = async () =>
  (await store.state.scanResult(key))?.scan?.versions.filter(({ accepted }) => accepted).map(({ name }) => name);
const memoryOf = async () => (await store.state.memory(1)).value[0]?.scan;
/** A scan in each hour, eleven connections a turn. */
const quick = { everyMs: 12 * every, pace: { connections: 30, perMs: 60_000 } };
const strict = { tls: { minVersion: "TLSv1.2", ciphers: "DEFAULT:@SECLEVEL=0" } } as const;

describe("the deep probe of the schedule", () => {
  it("scans each target at the grade's depth, never with more connections a cycle than its pace has, one at a time", async () => {
    const lab = await createDeepLab(store, [entry]);
    const before = server.connections;
    const cycles = await lab.untilScanned(key);
    expect(await spoken()).toEqual(["TLSv1.1", "TLSv1.2", "TLSv1.3"]);
    // A light probe each, and one more.
    expect(server.connections - before).toBeLessThanOrEqual(2 * cycles + 1);
    expect(server.peak).toBeLessThanOrEqual(1);
    const result = await store.state.scanResult(key);
    const scan = result?.scan;
    if (!scan) throw new Error("no scan");
    expect(scan).toMatchObject({ depth: "grade", incomplete: null });
    expect(scan.connections).toBeLessThanOrEqual(24);
    const facts = (await store.state.target(key, "here"))?.facts;
    if (!facts) throw new Error("no facts");
    const levels = gradesOf(scan, leavesOf(scan, facts.outcome))?.map(({ standard, level }) => [standard, level]);
    expect(levels).toContainEqual(["bcp195", "forbidden"]);
    expect(result?.changed).toBe(null);
    expect(await store.ledger.events(key, 10)).toHaveLength(1);
  });

  it("writes nothing while a server stays as it is, though all is asked again within the day", async () => {
    const lab = await createDeepLab(store, [entry], quick);
    await lab.untilScanned(key);
    // The day in which the last change was remembered.
    await lab.cycles(2);
    const { trail } = (await store.state.scanProgress(key)).value ?? { trail: [] };
    const units = countWriteUnits(embedded.client, embedded.tables);
    const connections = server.connections;
    const tasks = await lab.cycles(12);
    expect(tasks).toBe(Math.ceil(trail.length / 11));
    expect(server.connections - connections).toBe(12 + trail.length);
    // The claim of each cycle, and its ledger.
    expect([units.writes, units.units]).toEqual([24, 24]);
  });

  it("keeps what changed in words, in the store and in the history", async () => {
    const lab = await createDeepLab(store, [entry], quick);
    await lab.untilScanned(key);
    server.set(strict);
    await lab.cycles(16);
    expect(await spoken()).toEqual(["TLSv1.2", "TLSv1.3"]);
    const changed = (await store.state.scanResult(key))?.changed;
    expect(changed?.words[0]).toBe("TLSv1.1 is gone");
    const [event] = await store.ledger.events(key, 10);
    expect(event).toEqual({ at: changed?.at, kind: "scan", vantage: "here", words: changed?.words });
    expect(await memoryOf()).toMatchObject({ running: false, notBefore: 0 });
  });

  it("is judged anew within the day where another target speaks SSLv2 with its key", async () => {
    const lab = await createDeepLab(store, [entry], quick);
    await lab.untilScanned(key);
    const found = await store.state.scanResult(key);
    if (!found?.scan) throw new Error("no scan");
    const versions = found.scan.versions.map((each) => ({ ...each, accepted: each.accepted || each.name === "SSLv2" }));
    const [shown = ""] = publicKeysOf(found.scan);
    await store.state.putScanResult("192.0.2.9:25", { ...found, scan: { ...found.scan, versions } });
    await store.state.putSslv2Speakers(shown, { value: ["192.0.2.9:25"], version: 0 }, 0);
    await lab.cycles(16);
    expect(await store.state.scanResult(key)).toMatchObject({
      sslv2Elsewhere: ["192.0.2.9:25"],
      changed: { words: ["drown is new"] },
    });
  });

  it("begins at once when the light probe sees another session", async () => {
    const lab = await createDeepLab(store, [entry]);
    await lab.untilScanned(key);
    await lab.cycles(3);
    server.set({ tls: { maxVersion: "TLSv1.2", minVersion: "TLSv1.2" } });
    await lab.cycle();
    expect(await memoryOf()).toMatchObject({ running: true, restartedAt: lab.now() - every / 2 });
    await lab.untilScanned(key);
    expect(await spoken()).toEqual(["TLSv1.2"]);
    expect((await store.state.scanResult(key))?.changed?.words).toEqual(
      expect.arrayContaining(["TLSv1.1 is gone", "TLSv1.3 is gone"]),
    );
  });

  it("several machines with keys of their own start no scan each time another answers", async () => {
    const lab = await createDeepLab(store, [entry]);
    await lab.untilScanned(key);
    const other = await startMailServer(strict);
    await other.close();
    let restarts = 0;
    let last = 0;
    for (let at = 0; at < 12; at++) {
      server.set({ tls: at % 2 === 0 ? { maxVersion: "TLSv1.2" } : { minVersion: "TLSv1.3" } });
      await lab.cycle();
      const { restartedAt = 0 } = (await memoryOf()) ?? {};
      if (restartedAt !== last) restarts++;
      last = restartedAt;
    }
    expect(restarts).toBe(1);
  });

  it("asks all of a server where somebody wants its inventory, one connection beside each light probe", async () => {
    const full = { ...entry, scan: "full" } as const;
    const lab = await createDeepLab(store, [full], { pace: { connections: 60, perMs: 60_000 } });
    const before = server.connections;
    const cycles = await lab.untilScanned(key, 300);
    // A flaw takes two.
    expect(server.connections - before).toBeLessThanOrEqual(2 * cycles + 1 + 4);
    const { scan } = (await store.state.scanResult(key)) ?? {};
    expect(scan?.depth).toBe("full");
    expect(scan?.flaws?.map(({ name, result }) => `${name} ${result}`).sort()).toEqual([
      "command-injection sound",
      "needs-server-name sound",
      "resumption sound",
      "resumption-tls13 sound",
    ]);
    expect(scan?.versions.find(({ name }) => name === "TLSv1.3")?.suites).toHaveLength(3);
    expect(scan?.versions.find(({ name }) => name === "TLSv1.2")?.suites.length).toBeGreaterThan(5);
  });

  it("looks for what only intrusion shows where everybody agreed, and the pace has time for it", async () => {
    const lab = await createDeepLab(store, [{ ...entry, intrusive: true }], quick);
    await lab.untilScanned(key);
    const { scan } = (await store.state.scanResult(key)) ?? {};
    expect(scan?.flaws?.map(({ name }) => name).sort()).toEqual([
      "client-renegotiation",
      "early-ccs",
      "heartbleed",
      "robot",
      "ticketbleed",
    ]);
    expect(scan?.flaws?.filter(({ result }) => result === "flawed").map(({ name }) => name)).toEqual([
      "client-renegotiation",
    ]);
    const slow = await openEmbedded(null);
    const paced = { pace: { connections: 1, perMs: every } };
    const lazy = await createDeepLab(slow.store, [{ ...entry, intrusive: true, scan: "full" }], paced);
    await lazy.untilScanned(key, 100);
    expect((await slow.store.state.scanResult(key))?.scan?.flaws).toBe(undefined);
    await slow.close();
  });

  it("leaves canaries, what is leaving, what nobody wants and what has no TLS alone, and scans from one vantage", async () => {
    const beside = [{ vantage: "eu", slice: 0, slot: 0 }];
    for (const over of [{ canary: true }, { leaving: 1 }, { needs: [] }, { scan: "none" }, { beside }] as const) {
      const lab = await createDeepLab(store, [{ ...entry, ...over }]);
      expect(await lab.cycles(3)).toBe(0);
      await embedded.close();
      embedded = await openEmbedded(null);
      store = embedded.store;
    }
    server.set({ starttls: false });
    const lab = await createDeepLab(store, [entry]);
    expect(await lab.cycles(3)).toBe(0);
    server.set({ starttls: true });
    const never = await openEmbedded(null);
    expect(await (await createDeepLab(never.store, [entry], { everyMs: null })).cycles(3)).toBe(0);
    await never.close();
  });
});

describe("a host that finds us too much", () => {
  it.each(["421 4.7.0 too many connections", "450 4.7.0 slow down", "554 5.7.1 too many connections from you"])(
    "is left alone after %s, longer each time, and said to be throttled with what is known",
    async (reply) => {
      const lab = await createDeepLab(store, [entry], { pace: { connections: 30, perMs: 60_000 } });
      await lab.cycle();
      const verdict = async () => {
        const state = await store.state.target(key, "here");
        return state?.facts && judgeTarget(lookOf(state.facts), underTls(state.facts.at)).verdict;
      };
      const usual = await verdict();
      // So many a cycle, and the light probe's is one of them.
      let left = 3;
      server.set({ replies: { banner: () => (--left > 0 ? "220 mx.example ESMTP" : reply) } });
      left = 3;
      await lab.cycle();
      const result = await store.state.scanResult(key);
      expect(result?.throttled).toMatchObject({ how: expect.stringContaining(reply.slice(0, 3)), strikes: 1 });
      expect(result?.scan).toMatchObject({ throttled: true, incomplete: result?.throttled?.how });
      // SSLv2 was asked about.
      expect(result?.scan?.versions.flatMap(({ name, accepted }) => (accepted === false ? name : []))).toEqual([
        "SSLv2",
      ]);
      const first = ((await memoryOf())?.notBefore ?? 0) - lab.now();
      expect(first).toBeGreaterThan(50 * 60_000);
      expect(await verdict()).toBe(usual);

      left = 1_000;
      expect(await lab.cycles(10)).toBe(0);
      for (let at = 0; at < 6; at++) {
        left = 2;
        await lab.cycle();
      }
      const second = await store.state.scanResult(key);
      expect(second?.throttled?.strikes).toBe(2);
      expect(((await memoryOf())?.notBefore ?? 0) - lab.now()).toBeGreaterThan(1.5 * first);
      // What was answered meanwhile isn't asked again.
      left = 10_000;
      await lab.untilScanned(key);
      const whole = await store.state.scanResult(key);
      expect(whole).toMatchObject({ throttled: null, scan: { incomplete: null } });
      expect(await spoken()).toEqual(["TLSv1.1", "TLSv1.2", "TLSv1.3"]);
    },
  );
});

const underTls = (now: number) => {
  return {
    reference: "mx.example",
    require: defaultRequirement,
    hop: "gateway",
    now,
    everyMs: every,
    outside: false,
  } as const;
};

describe("the verdict", () => {
  const floorOf = (acceptsNothingBelow: boolean) => ({
    ...defaultRequirement,
    floor: { ...defaultFloor, ...(acceptsNothingBelow && ({ acceptsNothingBelow } as const)) },
  });

  it("speaks of what a modern sender gets, unless the floor accepts nothing below", async () => {
    const lab = await createDeepLab(store, [entry]);
    await lab.untilScanned(key);
    const [state, scan] = [await store.state.target(key, "here"), await store.state.scanResult(key)];
    if (!state?.facts || !scan) throw new Error("not looked at");
    const look = { ...lookOf(state.facts), scan };
    const [loose, strictly] = [false, true].map((accepts) => {
      const { verdict, findings } = judgeTarget(look, { ...underTls(state.facts?.at ?? 0), require: floorOf(accepts) });
      return { verdict, told: findings.map(({ code, severity }) => `${severity} ${code}`) };
    });
    expect(loose?.verdict).toBe("unverified");
    expect(strictly?.verdict).toBe("weak");
    expect(loose?.told).toContain("warning tls.protocol-accepted");
    expect(strictly?.told).toEqual(loose?.told);
  });

  it("so does an incident: it opens and ends with what is accepted", async () => {
    const wish = { ...need, require: floorOf(true) };
    const lab = await createDeepLab(store, [{ ...entry, needs: [wish] }], quick);
    await lab.untilScanned(key);
    await lab.cycles(4);
    const stateOf = async () => (await store.state.cause("weak", key)).value?.state ?? "clear";
    expect(["suspected", "open"]).toContain(await stateOf());
    expect((await store.state.cause("weak", key)).value?.context.findings.map(({ code }) => code)).toContain(
      "tls.protocol-accepted",
    );
    server.set(strict);
    await lab.cycles(20);
    expect(await spoken()).toEqual(["TLSv1.2", "TLSv1.3"]);
    expect(await stateOf()).not.toBe("open");
  });
});

it("answers from before the session changed are none of the scan that begins with it", async () => {
  const lab = await createDeepLab(store, [entry], quick);
  await lab.untilScanned(key);
  server.set({ tls: { maxVersion: "TLSv1.2", minVersion: "TLSv1.2" } });
  // In each of these the old answers may just be asked for again.
  for (let at = 0; at < 3; at++) await lab.cycle();
  await lab.untilScanned(key);
  expect(await spoken()).toEqual(["TLSv1.2"]);
});
