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
const steps = ["Resolve", "Plan", "Judge", "Tick", "Notify", "Contacts", "StatusApi", "VantageProbe"];

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
    ["Tick", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Notify", ["config", "ledger", "state"], ["ledger", "state"], ["state"]],
    ["Contacts", ["config", "state"], ["state"], []],
    ["StatusApi", ["config", "ledger", "state"], ["ledger", "state"], []],
  ])("%s reads %j, writes %j, and removes from %j", (step, read, written, removed) => {
    expect(tablesOf(step, "Query")).toEqual(read);
    expect(tablesOf(step, "PutItem")).toEqual(written);
    expect(tablesOf(step, "DeleteItem")).toEqual(removed);
  });

  it("the one index is asked by its name, and of no table else is there any", () => {
    const all = steps.flatMap((step) => rightsOf(template, step));
    expect([...new Set(all.filter((right) => right.endsWith("/index")))]).toEqual(["dynamodb:Query state/index"]);
    const policies = JSON.stringify([...resourcesOf(template, "AWS::IAM::Policy").values()]);
    expect(new Set(policies.match(/\/index\/[^"]*/g))).toEqual(new Set(["/index/wake"]));
  });

  it("nobody writes what people wrote", () => {
    for (const step of steps)
      for (const action of ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"])
        expect(tablesOf(step, action)).not.toContain("config");
  });

  it("only notify may publish", () => {
    const publishers = steps.filter((step) =>
      rightsOf(template, step).some((right) => right.startsWith("sns:Publish")),
    );
    expect(publishers).toEqual(["Notify"]);
  });

  it("who listens at the topic is listed by one, and confirmed by another; nobody subscribes or unsubscribes", () => {
    const others = (step: string) => rightsOf(template, step).filter((right) => /^sns:(?!Publish)/.test(right));
    expect(others("Contacts")).toEqual(["sns:ListSubscriptionsByTopic OperatorsTopic"]);
    expect(others("StatusApi")).toEqual(["sns:ConfirmSubscription OperatorsTopic"]);
    expect(steps.filter((step) => others(step).length > 0)).toEqual(["Contacts", "StatusApi"]);
  });

  it("phones are texted by notify, and by the very statement that leaves out every topic", () => {
    const [statement, ...others] = [...resourcesOf(template, "AWS::IAM::Policy").entries()].flatMap(([id, policy]) =>
      statementsOf(policy).flatMap((one) => (one.NotResource === undefined ? [] : [{ id, ...one }])),
    );
    expect(others).toEqual([]);
    expect(statement?.id).toMatch(/^NotifyRole/);
    expect(statement?.Action).toBe("sns:Publish");
    const text = JSON.stringify(statement?.NotResource);
    expect(text).toBe('{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":sns:*:*:*"]]}');
  });

  it("no right is given on everything", () => {
    for (const policy of resourcesOf(template, "AWS::IAM::Policy").values())
      for (const { Action, Resource } of statementsOf(policy)) {
        expect(Resource).not.toBe("*");
        expect([Action].flat().join()).not.toContain("*");
      }
  });
});
