import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judges } from "../../../lib/judge/grades/badness.ts";
import { graded } from "../../../lib/protocols/scan/graded.ts";
import { inquire } from "../../../lib/protocols/scan/question.ts";
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

const worst = (badness: (code: number) => readonly number[], seen: readonly number[]) =>
  seen.map(badness).reduce<readonly number[]>((a, b) => b.map((value, at) => Math.max(value, a[at] ?? 0)), []);

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
        const all = kept.flatMap(([, list]) => list);
        expect(
          worst(
            judges.suite,
            spoken.flatMap((each) => each.suites),
          ),
        ).toEqual(worst(judges.suite, all));
        const usesGroups =
          fresh.length > 0 || all.some((code) => suites.find((s) => s.code === code)?.keyExchange === "ecdhe");
        if (usesGroups) expect(worst(judges.group, groups)).toEqual(worst(judges.group, curves));
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
