/** Servers that understand only short hellos, or none with extensions. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judges } from "../../../lib/judge/grades/badness.ts";
import type { ProtocolName } from "../../../lib/model/observation.ts";
import type { Question } from "../../../lib/protocols/scan/question.ts";
import { scan, scanGraded } from "../../../lib/protocols/scan/scan.ts";
import { suites } from "../../../lib/protocols/tls/suites.ts";
import { answerOf, type ModelServer } from "./model-server.ts";

const older = suites.filter((suite) => !suite.tls13).map(({ code }) => code);
const versions = { SSLv3: 0x0300, TLSv1: 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303 } as const;

function worldOf(server: ModelServer, mostSuites = Number.POSITIVE_INFINITY) {
  const asked: Question[] = [];
  const world = {
    target: { address: "192.0.2.1", port: 25, tls: "starttls" },
    serverName: null,
    at: 0,
    ask: async (question: Question) => {
      asked.push(question);
      // The signal of RFC 5746 is one more.
      const isTooLong = question.suites.length + 1 > mostSuites;
      return isTooLong ? ({ kind: "refused", how: "closed" } as const) : answerOf(server, question);
    },
    askSslv2: async () => ({ kind: "refused", how: "closed" }) as const,
    connections: () => asked.length,
  } as const;
  return { world, asked };
}

/** An AES suite that every server of its time has. */
const usual = 0x002f;
const some = fc
  .shuffledSubarray(older, { maxLength: 12 })
  .map((list) => [...list.filter((code) => code !== usual), usual]);

const worst = (codes: readonly number[]) =>
  codes
    .map((code) => judges.suite(code, "TLSv1.2"))
    .reduce<readonly number[]>((a, b) => b.map((v, at) => Math.max(v, a[at] ?? 0)), []);

describe("a server that understands no long hello", () => {
  it.each([
    [20, 16],
    [32, 32],
    [50, 32],
    [64, 64],
    [127, 64],
    [200, 128],
  ])("of more than %i suites: all of its suites are found in its order, in parts of %i", async (most, size) => {
    await fc.assert(
      fc.asyncProperty(some, some, async (tls12, tls10) => {
        const server = { suites: { [versions["TLSv1.2"]]: tls12, [versions.TLSv1]: tls10 }, groups: [23, 29] };
        const { world } = worldOf(server, most);
        const result = await scan(world);
        const found = Object.fromEntries(result.versions.map((version) => [version.name, version]));
        expect(found["TLSv1.2"]?.suites).toEqual(tls12);
        expect(found.TLSv1?.suites).toEqual(tls10);
        expect([found["TLSv1.1"]?.accepted, found.SSLv3?.accepted]).toEqual([false, false]);
        if (tls12.length > 1) expect(found["TLSv1.2"]?.preference).toBe("server");
        expect(result).toMatchObject({ mostSuites: size, incomplete: null, intolerant: false });
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it("gets the grade that it would get otherwise", async () => {
    await fc.assert(
      fc.asyncProperty(some, fc.constantFrom(20, 40, 64, 128), async (list, most) => {
        const { world } = worldOf({ suites: { [versions["TLSv1.2"]]: list }, groups: [23] }, most);
        const result = await scanGraded(world, judges);
        const seen = result.versions.flatMap((version) => version.suites);
        expect(result.incomplete).toBe(null);
        expect(result.versions.map(({ preference }) => preference)).not.toContain("client");
        expect(worst(seen)).toEqual(worst(list));
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it("isn't offered again what it refused: each version takes one connection for each part, and one for what it accepts", async () => {
    const { world, asked } = worldOf({ suites: { [versions["TLSv1.2"]]: [usual] }, groups: [] }, 64);
    await scan(world);
    const parts = Math.ceil(older.length / 63);
    for (const version of Object.values(versions)) {
      const short = asked.filter((question) => question.version === version && question.suites.length + 1 <= 64);
      const learning = version === versions["TLSv1.2"] ? 2 : 0;
      const accepted = version === versions["TLSv1.2"] ? 1 : 0;
      expect(short.length).toBeLessThanOrEqual(parts + accepted + learning);
    }
  });
});

describe("a server that refuses extensions", () => {
  it.each<[string, Partial<Record<ProtocolName, readonly number[]>>]>([
    ["of TLS 1.0 alone", { TLSv1: [usual, 0x0005] }],
    ["of SSLv3 too", { SSLv3: [0x0004], TLSv1: [0x0005, usual] }],
    ["up to TLS 1.2", { TLSv1: [usual], "TLSv1.1": [usual], "TLSv1.2": [0x009c, usual] }],
  ])("%s: is asked without them", async (_name, has) => {
    const list = Object.entries(has).map(([name, codes]) => [versions[name as keyof typeof versions], codes]);
    const server: ModelServer = { suites: Object.fromEntries(list), groups: [], noExtensions: true };
    const full = await scan(worldOf(server).world);
    const found = full.versions.filter(({ accepted }) => accepted === true);
    expect(Object.fromEntries(found.map(({ name, suites: codes }) => [name, codes]))).toEqual(has);
    expect(full.incomplete).toBe(null);

    const { world, asked } = worldOf(server);
    const grade = await scanGraded(world, judges);
    const seen = grade.versions.filter(({ accepted }) => accepted === true).map(({ name }) => name);
    expect(seen).toEqual(found.map(({ name }) => name));
    expect(asked.length).toBeLessThanOrEqual(24);
  });
});
