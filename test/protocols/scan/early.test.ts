import { expect, it } from "vitest";
import { listening } from "../../../lib/protocols/scan/early.ts";
import { type Question, versions } from "../../../lib/protocols/scan/question.ts";
import { scanOf } from "../../judge/grades/scans.ts";
import { answerOf, type ModelServer } from "./model-server.ts";

const question = (version: number, suites: readonly number[]): Question => {
  return { version, fallback: true, suites, groups: [29], keyShare: false };
};
const server: ModelServer = {
  suites: { [versions.tls13]: [0x1301], [versions.tls12]: [0xc02f, 0x009c] },
  groups: [29],
};

it("what a server speaks is known with its first answer", async () => {
  const certified = async (asked: Question) => {
    const answer = answerOf(server, asked);
    return answer.kind === "chosen" ? { ...answer, certificates: [Buffer.from("der")] } : answer;
  };
  const { ask, until } = listening(certified);
  const early = until(new Promise(() => {}));
  await ask(question(versions.tls13, [0x1301]));
  expect(await early.speaksNewest).toBe(true);
  await ask(question(versions.tls12, [0x009c, 0xc02f]));
  expect(await early.older).toEqual({ ...question(versions.tls12, [0xc02f]), fallback: false });
});

it("what it doesn't speak is known when the scan is done", async () => {
  const { ask, until } = listening(async (asked) => answerOf(server, asked));
  // An anonymous suite shows nothing.
  await ask(question(versions.tls12, [0xc02f]));
  const early = until(Promise.resolve(scanOf({ suites: {} })));
  expect(await early.older).toBe(null);
  expect(await early.speaksNewest).toBe(false);
});
