import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { type ContextName, contexts, resourcesOf, rightsOf, statementsOf, synthesized } from "./synthesized.ts";

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

/** Tables on which `step` may do `action`. */
const tablesOf = (step: string, action: string): readonly string[] =>
  rightsOf(template, step)
    .filter((right) => right.startsWith(`dynamodb:${action} `) && !right.includes("/index/"))
    .map((right) => right.split(" ")[1] ?? "")
    .sort();
const steps = ["Resolve", "Plan", "Judge", "Tick", "Notify", "Contacts", "StatusApi", "VantageProbe"];

describe("rights of the functions", () => {
  it("the probe takes jobs and sends results, and knows no table", () => {
    expect(rightsOf(template, "VantageProbe")).toEqual(["sqs:SendMessage ResultsQueue"]);
  });

  it.each([
    ["Resolve", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Plan", ["state"], ["state"], []],
    ["Judge", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Tick", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Notify", ["config", "state"], ["ledger", "state"], ["state"]],
    ["Contacts", ["config", "state"], ["state"], []],
    ["StatusApi", ["config", "state"], ["ledger", "state"], []],
  ])("%s reads %j, writes %j, and removes from %j", (step, read, written, removed) => {
    expect(tablesOf(step, "GetItem").filter((table) => table !== "ledger")).toEqual(read);
    expect(tablesOf(step, "PutItem")).toEqual(written);
    expect(tablesOf(step, "DeleteItem")).toEqual(removed);
  });

  it("the one index is asked by its name, by those who look for causes, and of no table else is there any", () => {
    const asking = steps.filter((step) => rightsOf(template, step).includes("dynamodb:Query state/index/wake"));
    expect(asking).toEqual(["Resolve", "Judge", "Tick", "Notify", "StatusApi"]);
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

  /** Grants whose action or resource has a star in it, in any of the five contexts. */
  it("a star stands where AWS has no resource: network interfaces, X-Ray, phones, and nowhere else", () => {
    const stars = (Object.keys(contexts) as ContextName[]).flatMap((name) => {
      const { template: home, vantages } = synthesized(contexts[name]);
      const policies = [home, ...vantages.values()].flatMap((each) => [
        ...resourcesOf(each, "AWS::IAM::Policy").values(),
      ]);
      return policies
        .flatMap(statementsOf)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action, Resource, NotResource }) =>
          [Action].flat().filter((action) => `${action} ${JSON.stringify(Resource ?? NotResource)}`.includes("*")),
        );
    });
    expect([...new Set(stars)].toSorted()).toEqual([
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
      "sns:Publish",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });
});
