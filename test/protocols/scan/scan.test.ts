import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { patient } from "../../../lib/protocols/scan/patient.ts";
import { type Answer, isOfSignature, type Question } from "../../../lib/protocols/scan/question.ts";
import { scan } from "../../../lib/protocols/scan/scan.ts";
import { canOpen } from "../../../lib/protocols/tls/chain.ts";
import { groups } from "../../../lib/protocols/tls/groups.ts";
import { everySignature, olderGroups } from "../../../lib/protocols/tls/hello.ts";
import { sharedGroups } from "../../../lib/protocols/tls/key-share.ts";
import { newestSignatures } from "../../../lib/protocols/tls/signatures.ts";
import { suiteByName, suites } from "../../../lib/protocols/tls/suites.ts";
import { answerOf, type ModelServer } from "./model-server.ts";

const [ssl3, tls10, tls11, tls12, tls13] = [0x0300, 0x0301, 0x0302, 0x0303, 0x0304] as const;
const codes = (...names: string[]) => names.map((name) => suiteByName(name)?.code ?? Number.NaN);
const older = suites.filter((suite) => !suite.tls13).map(({ code }) => code);
const newer = suites.filter((suite) => suite.tls13).map(({ code }) => code);

async function scanned(server: ModelServer, ask: (question: Question) => Answer = (asked) => answerOf(server, asked)) {
  let connections = 0;
  const beside = { signatures: 0, flaws: 0 };
  const throttled: string[] = [];
  const result = await scan({
    target: { address: "192.0.2.1", port: 25, tls: "starttls" },
    serverName: null,
    at: 0,
    ask: patient(
      async (question) => {
        connections++;
        return ask(question);
      },
      { waits: [1, 1], sleep: async () => {}, throttled: (how) => throttled.push(how) },
    ),
    askSslv2: async () => {
      connections++;
      return { kind: "refused", how: "closed" };
    },
    connections: () => connections,
    askedFor: (what) => beside[what]++,
  });
  const found = Object.fromEntries(result.versions.map(({ name, suites: accepted }) => [name, accepted]));
  return { ...result, found, throttled, signing: beside.signatures };
}

const modern: ModelServer = {
  suites: {
    [tls13]: codes("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
    [tls12]: codes(
      "ECDHE-RSA-AES256-GCM-SHA384",
      "ECDHE-RSA-CHACHA20-POLY1305",
      "DHE-RSA-AES128-GCM-SHA256",
      "AES128-SHA",
    ),
  },
  groups: [4588, 29, 23, 24],
};

describe("the scan of a server", () => {
  it("finds each version's suites in the server's order, and its groups", async () => {
    const result = await scanned(modern);
    expect(result.found).toEqual({
      SSLv2: [],
      SSLv3: [],
      TLSv1: [],
      "TLSv1.1": [],
      "TLSv1.2": modern.suites[tls12],
      "TLSv1.3": modern.suites[tls13],
    });
    expect(result.groups).toEqual([4588, 29, 23, 24]);
    expect(result.versions.map(({ preference }) => preference)).toEqual([null, null, null, null, "server", "server"]);
    expect(result).toMatchObject({ intolerant: false, mostSuites: null, incomplete: null });
  });

  it("finds whatever a server has, in no more connections than promised", async () => {
    const subset = (of: readonly number[], most: number) =>
      fc.shuffledSubarray([...of], { minLength: 0, maxLength: most });
    const server = fc.record({
      old: fc.tuple(subset(older, 40), subset(older, 10), subset(older, 10), subset(older, 10)),
      fresh: subset(newer, 6),
      curves: fc.shuffledSubarray([...olderGroups], { minLength: 1, maxLength: 8 }),
      order: fc.constantFrom<"server" | "client">("server", "client"),
    });
    await fc.assert(
      fc.asyncProperty(server, async ({ old: [a, b, c, d], fresh, curves, order }) => {
        const lists = { [tls12]: a, [tls11]: b, [tls10]: c, [ssl3]: d, [tls13]: fresh };
        const kept = Object.entries(lists).filter(([, list]) => list.length > 0);
        const model: ModelServer = { suites: Object.fromEntries(kept), groups: curves, order };
        const { found, connections, groups: learnt, signing } = await scanned(model);
        const sorted = (list: readonly number[] = []) => [...list].sort((x, y) => x - y);
        expect(sorted(found["TLSv1.3"])).toEqual(sorted(fresh));
        expect(sorted(found["TLSv1.2"])).toEqual(sorted(a));
        expect(sorted(found["TLSv1.1"])).toEqual(sorted(b));
        expect(sorted(found.TLSv1)).toEqual(sorted(c));
        expect(sorted(found.SSLv3)).toEqual(sorted(d));
        if (order === "server") expect(found["TLSv1.2"]).toEqual(a);
        const nothing = [a, b, c, d].every((list) => list.length === 0);
        const pairs = [a, b, c, d, fresh].reduce((sum, list) => sum + list.length, 0);
        // One more for TLS_FALLBACK_SCSV; where it refuses all of a long hello, it is asked whether a shorter one is understood.
        expect(connections - signing).toBeLessThanOrEqual(pairs + 2 * 6 + learnt.length + 4 + 1 + (nothing ? 4 : 0));
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it("finds every signature scheme, without missing a suite or its place", async () => {
    const server = fc.record({
      suites: fc.shuffledSubarray([...older], { minLength: 1, maxLength: 40 }),
      signatures: fc.shuffledSubarray([...everySignature], { minLength: 1 }),
      curves: fc.shuffledSubarray([...olderGroups], { minLength: 1, maxLength: 8 }),
    });
    const isSigned = (code: number) => {
      const suite = suites.find((one) => one.code === code);
      return suite?.authentication === "rsa" && ["ecdhe", "dhe"].includes(suite.keyExchange);
    };
    await fc.assert(
      fc.asyncProperty(server, async ({ suites: accepted, signatures, curves }) => {
        const model: ModelServer = { suites: { [tls12]: accepted }, groups: curves, signatures };
        const { found, connections, groups: learnt, ...rest } = await scanned(model);
        expect(found["TLSv1.2"]).toEqual(accepted);
        const all = accepted.some(isSigned) ? [...signatures].sort((a, b) => a - b) : [];
        expect(rest.signatures).toEqual(all);
        // Those that the suites' own connections don't show cost one each, and one for the refusal.
        expect(connections).toBeLessThanOrEqual(accepted.length + 2 * 6 + learnt.length + 4 + 1 + all.length + 1);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it("finds the signature schemes of TLS 1.3, each with one connection, and at most two for the refusals", async () => {
    const server = fc.record({
      signatures: fc.shuffledSubarray([...newestSignatures]),
      curves: fc.shuffledSubarray([...sharedGroups, 256, 4588], { minLength: 1 }),
      suites: fc.shuffledSubarray([...codes("TLS_AES_128_GCM_SHA256", "TLS_AES_128_CCM_8_SHA256", "TLS_SM4_GCM_SM3")], {
        minLength: 1,
      }),
    });
    await fc.assert(
      fc.asyncProperty(server, async ({ signatures, curves, suites: accepted }) => {
        const model = { suites: { [tls13]: accepted }, groups: curves, newestSignatures: signatures };
        const asked: Question[] = [];
        const { newestSignatures: found, signing } = await scanned(model, (question) => {
          if (isOfSignature(question)) asked.push(question);
          return answerOf(model, question);
        });
        // What is encrypted over a group or with a cipher that we don't know can't be read.
        const isReadable = curves.some((code) => sharedGroups.includes(code)) && accepted.some(canOpen);
        expect(found).toEqual(isReadable ? [...signatures].sort((a, b) => a - b) : []);
        expect(asked.length).toBeLessThanOrEqual(isReadable ? signatures.length + 2 : 0);
        expect(signing).toBe(asked.length);
        for (const {
          groups: [group],
          suites: offered,
        } of asked) {
          expect(curves).toContain(group);
          expect(offered.every(canOpen)).toBe(true);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it.each<[string, readonly number[]]>([
    ["finds those of a key that is passed over while another is chosen first, and then can't sign", [tls12, tls13]],
    ["does so where no older version shows what keys there are", [tls13]],
  ])("%s", async (_, spoken) => {
    const lists = { ...modern.suites, [tls12]: codes("ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA") };
    const suitesOf = Object.entries(lists).filter(([version]) => spoken.includes(Number(version)));
    const model = { ...modern, suites: Object.fromEntries(suitesOf), newestSignatures: [0x0403, 0x0804, 0x0805] };
    const result = await scanned(model, (question) => {
      const wants = (code: number) => question.signatures?.includes(code);
      const isStuck = isOfSignature(question) && !wants(0x0403) && wants(0x0503);
      return isStuck ? { kind: "refused", how: "handshake_failure" } : answerOf(model, question);
    });
    expect(result.newestSignatures).toEqual(model.newestSignatures);
  });

  it("asks once for the refusal where the older versions show one type of key", async () => {
    const server = { ...modern, newestSignatures: [0x0804, 0x0805] };
    let asked = 0;
    await scanned(server, (question) => {
      if (isOfSignature(question)) asked++;
      return answerOf(server, question);
    });
    expect(asked).toBe(3);
  });

  it("says that it was cut short while it asked for signature schemes", async () => {
    const server = { ...modern, newestSignatures: [0x0804, 0x0805] };
    const { incomplete } = await scanned(server, (question) => {
      const isCut = isOfSignature(question) && question.signatures?.includes(0x0804) === false;
      return isCut ? { kind: "unasked", how: "421 too many" } : answerOf(server, question);
    });
    expect(incomplete).toBe("421 too many");
  });

  it("learns the signature schemes on the suites' own connections, where there are enough", async () => {
    const signed = older.filter((code) => {
      const suite = suites.find((one) => one.code === code);
      return suite?.authentication === "rsa" && suite.keyExchange === "ecdhe";
    });
    const signatures = everySignature.slice(0, 10);
    const model: ModelServer = { suites: { [tls12]: signed.slice(0, 24) }, groups: [29, 23], signatures };
    const { connections, ...rest } = await scanned(model);
    expect(rest.signatures).toHaveLength(10);
    expect(connections).toBeLessThanOrEqual((await scanned({ ...model, signatures: [0x0401] })).connections + 1);
  });

  test.each(["server", "client", "chacha20"] as const)("tells that the order is the %s's", async (order) => {
    const { versions } = await scanned({ ...modern, order });
    expect(versions.slice(-2).map(({ preference }) => preference)).toEqual([order, order]);
  });

  it("learns every group of TLS 1.3, hybrids and pure post-quantum ones too", async () => {
    const all = groups.map(({ code }) => code);
    expect((await scanned({ suites: { [tls13]: newer.slice(0, 1) }, groups: all })).groups).toEqual(all);
  });

  it("isn't misled by a server that can't ask for another hello", async () => {
    const result = await scanned({ ...modern, neverRetries: true });
    expect(result.found["TLSv1.3"]).toEqual(modern.suites[tls13]);
    expect(result.intolerant).toBe(false);
  });

  it("notices a server that drops hellos naming TLS 1.3", async () => {
    const old = { suites: { [tls12]: modern.suites[tls12] ?? [] }, groups: [29] };
    expect(await scanned({ ...old, intolerant: true })).toMatchObject({ intolerant: true });
    expect(await scanned(old)).toMatchObject({ intolerant: false });
  });

  it("asks in chunks where long hellos aren't understood, and says so", async () => {
    const old = { suites: { [ssl3]: codes("RC4-MD5", "IDEA-CBC-SHA", "SEED-SHA", "EXP-RC4-MD5") }, groups: [] };
    for (const [mostSuites, size] of [
      [64, 64],
      [20, 16],
    ] as const) {
      const result = await scanned({ ...old, mostSuites });
      expect(new Set(result.found.SSLv3)).toEqual(new Set(old.suites[ssl3]));
      expect(result.mostSuites).toBe(size);
    }
  });

  it("takes silence for a refusal where the server answers other questions", async () => {
    const result = await scanned({ ...modern, mute: true });
    expect(result.found["TLSv1.2"]).toEqual(modern.suites[tls12]);
    expect(result.incomplete).toBe(null);
  });

  it("tells that a server chooses what was not offered, and ends", async () => {
    const result = await scanned({ ...modern, stubborn: true });
    expect(result.versions.at(-2)).toMatchObject({ name: "TLSv1.2", accepted: true, strayed: true });
    expect(result.connections).toBeLessThan(30);
  });

  it("says how a version is answered that isn't there", async () => {
    const { versions } = await scanned({ suites: { [tls10]: codes("AES128-SHA") }, groups: [] });
    expect(versions.map(({ name, instead }) => [name, instead])).toEqual([
      ["SSLv2", null],
      ["SSLv3", null],
      ["TLSv1", null],
      ["TLSv1.1", "TLSv1"],
      ["TLSv1.2", "TLSv1"],
      ["TLSv1.3", "TLSv1"],
    ]);
  });
});

describe("a server that shuts us out", () => {
  it.each([3, 10, 15])("after %i connections: what is known is kept, and what isn't is never refused", async (most) => {
    let asked = 0;
    const { versions, incomplete, connections, throttled } = await scanned(modern, (question) =>
      ++asked > most ? { kind: "unasked", how: "421 too many connections" } : answerOf(modern, question),
    );
    expect(incomplete).toBe("421 too many connections");
    expect(new Set(throttled)).toEqual(new Set(["421 too many connections"]));
    for (const { accepted, suites: known, incomplete: why } of versions.slice(1)) {
      if (why === null) continue;
      expect(accepted).toBe(known.length > 0 ? true : null);
    }
    // It is tried twice more, and then left alone.
    expect(connections).toBeLessThanOrEqual(most + 1 + 2 * 6);
  });

  it("that let us in again is asked on", async () => {
    let asked = 0;
    const result = await scanned(modern, (question) =>
      ++asked % 7 === 0 ? { kind: "unasked", how: "450 4.7.0 slow down" } : answerOf(modern, question),
    );
    expect(result.incomplete).toBe(null);
    expect(result.throttled).toEqual([]);
    expect(result.found["TLSv1.2"]).toEqual(modern.suites[tls12]);
  });

  it("by silence is told from one that refuses by silence", async () => {
    let asked = 0;
    const result = await scanned(modern, (question) =>
      ++asked > 8 ? { kind: "silent", how: "timeout" } : answerOf(modern, question),
    );
    expect(result.incomplete).toContain("no answer any more");
    expect(result.throttled).toContain(result.incomplete);
  });
});
