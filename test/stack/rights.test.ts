import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { resourcesOf, rightsOf, statementsOf, synthesized } from "./synthesized.ts";

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

/** Tables on which `step` may do `action`. */
const tablesOf = (step: string, action: string): readonly string[] =>
  rightsOf(template, step)
    .filter((right) => right.startsWith(`dynamodb:${action} `) && !right.endsWith("/index"))
    .map((right) => right.split(" ")[1] ?? "")
    .sort();
const steps = ["Resolve", "Plan", "Judge", "Tick", "Notify", "StatusApi", "VantageProbe"];

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
    ["Resolve", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Plan", ["state"], ["state"], []],
    ["Judge", ["config", "ledger", "state"], ["ledger", "state"], ["state"]],
    ["Tick", ["config", "state"], ["state"], ["state"]],
    ["Notify", ["config", "ledger", "state"], ["ledger", "state"], ["state"]],
    ["StatusApi", ["config", "ledger", "state"], ["ledger", "state"], []],
  ])("%s reads %j, writes %j, and removes from %j", (step, read, written, removed) => {
    expect(tablesOf(step, "Query")).toEqual(read);
    expect(tablesOf(step, "PutItem")).toEqual(written);
    expect(tablesOf(step, "DeleteItem")).toEqual(removed);
  });

  it("nobody writes what people wrote", () => {
    for (const step of steps)
      for (const action of ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"])
        expect(tablesOf(step, action)).not.toContain("config");
  });

  it("only notify may publish", () => {
    const publishers = steps.filter((step) => rightsOf(template, step).some((right) => right.startsWith("sns:")));
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
