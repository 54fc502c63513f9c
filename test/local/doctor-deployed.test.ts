import { describe, expect, it } from "vitest";
import { type DeployedWorld, examineDeployed } from "../../lib/local/doctor-deployed.ts";

const probe = { name: "Lab-Probe", architecture: "arm64", runtime: "nodejs24.x", isProbe: true, abroad: [] };
const plan = { name: "Lab-Plan", architecture: "arm64", runtime: "nodejs24.x", isProbe: false, abroad: [] };

function world(over: Partial<DeployedWorld["functions"]> = {}, counts: readonly number[] = [0, 0]): DeployedWorld {
  const asked = { v: 1, checks: [{ name: "port 25, IPv4", state: "good", words: "open" }] };
  const names = ["jobs", "results"] as const;
  return {
    functions: { list: async () => [probe, plan], quota: async () => 1_000, ask: async () => asked, ...over },
    functionsIn: () => ({ list: async () => [], ask: async () => null }),
    deadLetters: async () => counts.map((count, at) => ({ queue: names[at] ?? "runs", count: async () => count })),
  };
}

const said = async (of: DeployedWorld) =>
  (await examineDeployed(of)).map(({ name, state, words }) => `${name}: ${state}: ${words}`);

describe("a deployed stack", () => {
  it("is examined: functions, how its probes leave, quota, dead letters", async () => {
    expect(await said(world())).toEqual([
      "functions: good: 2, arm64, nodejs24.x",
      "egress port 25, IPv4: good: open",
      "quota: good: 1000 functions at once, of 13 that the stack may want",
      "dead letters: good: none in jobs, results",
    ]);
  });

  it("the probe is asked how it leaves, by its own question", async () => {
    const asked: unknown[] = [];
    await said(world({ ask: async (...args) => void asked.push(args) }));
    expect(asked).toEqual([["Lab-Probe", { doctor: true }]]);
  });

  it("a new account's quota, another architecture and dead letters are told", async () => {
    const lines = await said(
      world({ quota: async () => 10, list: async () => [{ ...plan, architecture: "x86_64" }] }, [3, 0]),
    );
    expect(lines[0]).toMatch(/^functions: bad: Lab-Plan \(x86_64\): expected arm64/);
    expect(lines[1]).toMatch(/^quota: warning: 10 functions at once in the whole account/);
    expect(lines[2]).toBe("dead letters: bad: 3 of jobs: 'chainmail dlq show'");
  });

  it("without functions there is none", async () => {
    expect((await said(world({ list: async () => [] })))[0]).toMatch(/^functions: bad: there are none/);
  });

  it.each([
    ["an older release's answer", { batchItemFailures: [] }],
    ["none", null],
    ["one that is too much", { v: 1, checks: Array(21).fill({ name: "x", state: "good", words: "" }) }],
    ["another state", { v: 1, checks: [{ name: "x", state: "fine", words: "" }] }],
  ])("%s is unknown, and no more", async (_, answer) => {
    const lines = await said(world({ ask: async () => answer }));
    expect(lines[1]).toMatch(/^egress: unknown: could not be asked for: Lab-Probe gave another answer/);
    expect(lines).toHaveLength(4);
  });

  it("each further region is asked how its probes leave; one that can't be stops no other", async () => {
    const home = world({ list: async () => [{ ...plan, abroad: ["us-east-1", "ap-south-1", "sa-east-1"] }, probe] });
    const asked: unknown[] = [];
    const lines = await said({
      ...home,
      functionsIn: (region) => ({
        list: () => {
          if (region === "us-east-1") return Promise.reject(new Error("AccessDenied"));
          return Promise.resolve(region === "ap-south-1" ? [] : [{ ...probe, name: "Lab-abroad" }]);
        },
        ask: async (name, question) => {
          asked.push([region, name, question]);
          return { v: 1, checks: [{ name: "PTR", state: "bad", words: "none" }] };
        },
      }),
    });
    expect(lines.slice(1, 5)).toEqual([
      "egress port 25, IPv4: good: open",
      "egress us-east-1: unknown: could not be asked for: AccessDenied",
      "egress ap-south-1: bad: nobody looks from there: deploy the stack of ap-south-1 too",
      "egress sa-east-1 PTR: bad: none",
    ]);
    expect(asked).toEqual([["sa-east-1", "Lab-abroad", { doctor: true }]]);
  });

  it("what may not be asked is unknown, and stops nothing else", async () => {
    const refused = () => Promise.reject(new Error("AccessDenied"));
    const lines = await said({
      ...world(),
      functions: { list: refused, quota: refused, ask: refused },
      deadLetters: refused,
    });
    expect(lines).toEqual(
      ["functions", "quota", "dead letters"].map((name) => `${name}: unknown: could not be asked for: AccessDenied`),
    );
  });
});
