import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { resourcesOf, synthesized } from "./synthesized.ts";

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

/** `dynamodb:PutItem state`, `sqs:SendMessage VantageJobsQueue`, … of the function whose id begins with `step`. */
function rightsOf(step: string): readonly string[] {
  const policies = [...resourcesOf(template, "AWS::IAM::Policy").entries()].filter(([id]) =>
    id.startsWith(`${step}Role`),
  );
  return policies
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: readonly Statement[] }).Statement)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${nameOf(resource)}`)),
    )
    .filter((right) => !/^(logs:|sqs:GetQueue)/.test(right));
}

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const id = /"(?:Ref|Fn::GetAtt)":\[?"(\w+?)[0-9A-F]{8}"/.exec(text)?.[1] ?? text;
  return `${id.replace(/^Tables/, "")}${text.includes("/index/*") ? "/index" : ""}`;
}

const tablesOf = (step: string, kind: RegExp): readonly string[] => [
  ...new Set(
    rightsOf(step)
      .filter((right) => right.startsWith("dynamodb:") && kind.test(right))
      .map((right) => right.split(" ")[1] ?? ""),
  ),
];
const reads = /Get|Query/;
const writes = /Put|Update|Delete|Write/;

describe("rights of the functions", () => {
  it("the probe takes jobs and sends results, and knows no table", () => {
    expect(rightsOf("VantageProbe")).toEqual([
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
      rightsOf(step).some((right) => right.startsWith("sns:")),
    );
    expect(publishers).toEqual(["Notify"]);
  });

  it("no right is given on everything", () => {
    for (const { Properties } of resourcesOf(template, "AWS::IAM::Policy").values())
      for (const { Action, Resource } of (Properties.PolicyDocument as { Statement: readonly Statement[] }).Statement) {
        expect(Resource).not.toBe("*");
        expect([Action].flat().join()).not.toContain("*");
      }
  });
});
