import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judges } from "../../../lib/judge/grades/badness.ts";
import { graded } from "../../../lib/protocols/scan/graded.ts";
import { inquire, nameOf } from "../../../lib/protocols/scan/question.ts";
import { groups as everyGroup } from "../../../lib/protocols/tls/groups.ts";
import { olderGroups } from "../../../lib/protocols/tls/hello.ts";
import { suiteByName, suites } from "../../../lib/protocols/tls/suites.ts";
import { answerOf, type ModelServer } from "./model-server.ts";

const [ssl3, tls10, tls11, tls12, tls13] = [0x0300, 0x0301, 0x0302, 0x0303, 0x0304] as const;
const older = suites.filter((suite) => !suite.tls13).map(({ code }) => code);
const newer = suites.filter((suite) => suite.tls13).map(({ code }) => code);
const codes = (...names: string[]) => names.map((name) => suiteByName(name)?.code ?? Number.NaN);

async function asked(server: ModelServer) {
  let connections = 0;
  const result = await inquire(graded(judges), async (question) => {
    connections++;
    return answerOf(server, question);
  });
  return { ...result, connections };
}

const worst = (seen: readonly (readonly number[])[]) =>
  seen.reduce<readonly number[]>((a, b) => b.map((value, at) => Math.max(value, a[at] ?? 0)), []);
const best = (seen: readonly (readonly number[])[]) =>
  Math.min(...seen.map((bad) => bad.reduce((sum, value) => sum + value, 0)));
const isEcdhe = (code: number) => suites.find((suite) => suite.code === code)?.keyExchange === "ecdhe";

describe("the questions of a grade", () => {
  it("find the worst that each standard and the score would find in all of it", async () => {
    const subset = (of: readonly number[], most: number) => fc.shuffledSubarray([...of], { maxLength: most });
    const server = fc.record({
      lists: fc.tuple(subset(older, 30), subset(older, 10), subset(older, 10), subset(older, 10), subset(newer, 6)),
      curves: fc.shuffledSubarray([...olderGroups], { minLength: 1, maxLength: 8 }),
      order: fc.constantFrom<"server" | "client">("server", "client"),
    });
    let most = 0;
    await fc.assert(
      fc.asyncProperty(server, async ({ lists: [a, b, c, d, fresh], curves, order }) => {
        const lists = { [tls12]: a, [tls11]: b, [tls10]: c, [ssl3]: d, [tls13]: fresh };
        const kept = Object.entries(lists).filter(([, list]) => list.length > 0);
        const model: ModelServer = { suites: Object.fromEntries(kept), groups: curves, order };
        const { spoken, groups, connections } = await asked(model);
        expect(spoken.map(({ version }) => version).sort()).toEqual(kept.map(([version]) => Number(version)).sort());
        const badnessIn = (version: number) => (code: number) => judges.suite(code, nameOf(version));
        const vectors = (lists: readonly { readonly version: number; readonly suites: readonly number[] }[]) =>
          lists.flatMap(({ version, suites: some }) => some.map(badnessIn(version)));
        const whole = kept.map(([version, list]) => ({ version: Number(version), suites: list }));
        expect(worst(vectors(spoken))).toEqual(worst(vectors(whole)));
        const newest = Math.max(...spoken.map(({ version }) => version).filter((version) => version < tls13));
        for (const { version, suites: seen, preference } of spoken) {
          expect([null, order]).toContain(preference);
          const taken = (model.suites[version] ?? []).filter((code) => !isEcdhe(code) || curves.length > 0);
          if (order === "client" && version >= newest) {
            expect(best(seen.map(badnessIn(version)))).toEqual(best(taken.map(badnessIn(version))));
          }
        }
        const usesGroups = fresh.length > 0 || [a, b, c].some((list) => list.some(isEcdhe));
        if (usesGroups) expect(worst(groups.map(judges.group))).toEqual(worst(curves.map(judges.group)));
        most = Math.max(most, connections);
      }),
      { numRuns: 300, seed: 11 },
    );
    // SSLv2 costs one more.
    expect(most).toBeLessThanOrEqual(23);
  });

  it("are at most eleven on a modern server", async () => {
    const modern: ModelServer = {
      suites: {
        [tls13]: codes("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"),
        [tls12]: codes(
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "ECDHE-RSA-AES128-GCM-SHA256",
        ),
      },
      groups: everyGroup
        .filter(({ name }) =>
          /^(X25519MLKEM768|x25519|secp256r1|secp384r1|x448|secp521r1|ffdhe2048|ffdhe3072)$/.test(name),
        )
        .map(({ code }) => code),
    };
    const { connections, spoken } = await asked(modern);
    expect(spoken.map(({ version }) => version)).toEqual([tls13, tls12]);
    expect(connections).toBeLessThanOrEqual(11);
  });
});
