import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { resourcesOf, rightsOf, statementsOf, synthesized } from "./synthesized.ts";

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

const tablesOf = (step: string, kind: RegExp): readonly string[] => [
  ...new Set(
    rightsOf(template, step)
      .filter((right) => right.startsWith("dynamodb:") && kind.test(right))
      .map((right) => right.split(" ")[1] ?? ""),
  ),
];
const reads = /Get|Query/;
const writes = /Put|Update|Delete|Write/;

describe("rights of the functions", () => {
  it("the probe takes jobs and sends results, and knows no table", () => {
    expect(rightsOf(template, "VantageProbe")).toEqual([
      "sqs:ChangeMessageVisibility VantageJobsQueue",
      "sqs:DeleteMessage VantageJobsQueue",
      "sqs:ReceiveMessage VantageJobsQueue",
      "sqs:SendMessage ResultsQueue",
    ]);
  });

  it.each([
    ["Resolve", ["config", "state", "state/index"], ["state", "state/index", "ledger"]],
    ["Plan", ["state", "state/index"], ["state", "state/index"]],
    ["Judge", ["config", "ledger", "state", "state/index"], ["ledger", "state", "state/index"]],
    ["Tick", ["config", "ledger", "state", "state/index"], ["ledger", "state", "state/index"]],
    ["StatusApi", ["config", "ledger", "state", "state/index"], ["state", "state/index"]],
  ])("%s reads %j and writes %j", (step, read, written) => {
    expect([...tablesOf(step, reads)].sort()).toEqual([...read].sort());
    expect([...tablesOf(step, writes)].sort()).toEqual([...written].sort());
  });

  it("nobody writes what people wrote", () => {
    for (const step of ["Resolve", "Plan", "Judge", "Tick", "Notify", "StatusApi", "VantageProbe"])
      expect(tablesOf(step, writes)).not.toContain("config");
  });

  it("only notify may publish", () => {
    const publishers = ["Resolve", "Plan", "Judge", "Tick", "Notify", "StatusApi", "VantageProbe"].filter((step) =>
      rightsOf(template, step).some((right) => right.startsWith("sns:")),
    );
    expect(publishers).toEqual(["Notify"]);
  });

  it("no right is given on everything", () => {
    for (const policy of resourcesOf(template, "AWS::IAM::Policy").values())
      for (const { Action, Resource } of statementsOf(policy)) {
        expect(Resource).not.toBe("*");
        expect([Action].flat().join()).not.toContain("*");
      }
  });
});
