/** Grants that the emulator of `test:aws` doesn't enforce: who may begin a step, and who may take from a queue. */

import { describe, expect, it } from "vitest";
import { type Resource, resourcesOf, statementsOf, synthesized } from "./synthesized.ts";

const { template } = synthesized();
const functions = [...resourcesOf(template, "AWS::Lambda::Function").keys()];
const idOf = (step: string): string => {
  const id = functions.find((each) => each.startsWith(`${step}Function`));
  if (id === undefined) throw new Error(`expected a function of ${step}`);
  return id;
};
const policiesOf = (role: string): readonly Resource[] =>
  [...resourcesOf(template, "AWS::IAM::Policy").values()].filter(({ Properties }) =>
    (Properties.Roles as readonly { readonly Ref: string }[]).some(({ Ref }) => Ref === role),
  );
const getAtt = (value: unknown): readonly string[] =>
  (value as { readonly "Fn::GetAtt": readonly string[] })["Fn::GetAtt"];

describe("the scheduler's roles", () => {
  const schedules = [...resourcesOf(template, "AWS::Scheduler::Schedule").entries()];

  it.each(["Resolve", "Plan", "Tick", "Contacts"])(
    "one may run %s, and put a run that failed to the dead letters, and no more",
    (step) => {
      const [, schedule] = schedules.find(([id]) => id.startsWith(`Rhythm${step}`)) ?? [];
      const target = schedule?.Properties.Target as {
        readonly Arn: unknown;
        readonly RoleArn: unknown;
        readonly DeadLetterConfig: { readonly Arn: unknown };
      };
      const [role = ""] = getAtt(target.RoleArn);
      const statements = policiesOf(role).flatMap(statementsOf);
      const own = { "Fn::GetAtt": [idOf(step), "Arn"] };
      expect(target.Arn).toEqual(own);
      expect(statements).toEqual([
        { Action: "lambda:InvokeFunction", Effect: "Allow", Resource: own },
        { Action: "sqs:SendMessage", Effect: "Allow", Resource: target.DeadLetterConfig.Arn },
      ]);
      expect(resourcesOf(template, "AWS::IAM::Role").get(role)?.Properties.AssumeRolePolicyDocument).toMatchObject({
        Statement: [
          {
            Action: "sts:AssumeRole",
            Principal: { Service: "scheduler.amazonaws.com" },
            // Of this account's own schedules: nobody else's may use the role.
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          },
        ],
      });
    },
  );

  it.each(["Resolve", "Plan", "Tick", "Contacts"])(
    "a run of %s is tried once, and laid aside where it failed",
    (step) => {
      const [, schedule] = schedules.find(([id]) => id.startsWith(`Rhythm${step}`)) ?? [];
      const dead = { "Fn::GetAtt": [expect.stringMatching(/^RhythmDeadLetters/), "Arn"] };
      expect(schedule?.Properties.Target).toMatchObject({
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: expect.any(Number) },
        DeadLetterConfig: { Arn: dead },
      });
      const runs = [...resourcesOf(template, "AWS::Lambda::EventInvokeConfig").values()].map(
        ({ Properties }) => Properties,
      );
      expect(runs.filter(({ FunctionName }) => (FunctionName as { Ref: string }).Ref === idOf(step))).toMatchObject([
        { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: dead } } },
      ]);
      expect(runs).toHaveLength(schedules.length);
    },
  );
});

describe("the pollers of queues", () => {
  it.each([
    ["VantageProbe", "VantageJobsQueue"],
    ["Judge", "ResultsQueue"],
    ["Notify", "OutboxQueue"],
  ])("%s may take from %s what it is fed with, and delete it", (step, queue) => {
    const mapping = [...resourcesOf(template, "AWS::Lambda::EventSourceMapping").values()].find(
      ({ Properties }) => (Properties.FunctionName as { readonly Ref: string }).Ref === idOf(step),
    );
    const source = mapping?.Properties.EventSourceArn;
    expect(getAtt(source)[0]).toMatch(new RegExp(`^${queue}`));
    const [role = ""] = getAtt(resourcesOf(template, "AWS::Lambda::Function").get(idOf(step))?.Properties.Role);
    const taking = policiesOf(role)
      .flatMap(statementsOf)
      .filter(({ Action }) => [Action].flat().includes("sqs:ReceiveMessage"));
    expect(taking).toHaveLength(1);
    // `Notify` sends to the queue that it is fed with, and CDK makes one statement of it.
    const actions = [taking[0]?.Action].flat().filter((action) => action !== "sqs:SendMessage");
    expect(actions.toSorted()).toEqual(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]);
    expect([taking[0]?.Resource].flat()).toEqual([source]);
  });
});

describe("the API", () => {
  it("may run the one function that answers, and nobody else may from outside", () => {
    const permissions = [...resourcesOf(template, "AWS::Lambda::Permission").values()].map(
      ({ Properties }) => Properties,
    );
    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toMatchObject({
      Action: "lambda:InvokeFunction",
      Principal: "apigateway.amazonaws.com",
      FunctionName: { "Fn::GetAtt": [functions.find((id) => id.startsWith("StatusApiFunction")), "Arn"] },
    });
    const [api] = resourcesOf(template, "AWS::ApiGatewayV2::Api").keys();
    expect(JSON.stringify(permissions[0]?.SourceArn)).toContain(`{"Ref":"${api}"}`);
  });
});

describe("each function", () => {
  it("has a role of its own, which Lambda alone assumes", () => {
    const roles = functions.map(
      (id) => getAtt(resourcesOf(template, "AWS::Lambda::Function").get(id)?.Properties.Role)[0],
    );
    expect(new Set(roles).size).toBe(functions.length);
    for (const role of roles)
      expect(resourcesOf(template, "AWS::IAM::Role").get(role ?? "")?.Properties).toEqual({
        AssumeRolePolicyDocument: {
          Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } }],
          Version: "2012-10-17",
        },
      });
  });

  it("what the schedule begins may put what failed to the dead letters", () => {
    const [dead] = [...resourcesOf(template, "AWS::SQS::Queue").keys()].filter((id) =>
      id.startsWith("RhythmDeadLetters"),
    );
    for (const step of ["Resolve", "Plan", "Tick", "Contacts"]) {
      const [role = ""] = getAtt(resourcesOf(template, "AWS::Lambda::Function").get(idOf(step))?.Properties.Role);
      const sending = policiesOf(role)
        .flatMap(statementsOf)
        .filter(({ Action }) => [Action].flat().includes("sqs:SendMessage"));
      expect(sending.flatMap(({ Resource }) => [Resource].flat())).toContainEqual({ "Fn::GetAtt": [dead, "Arn"] });
    }
  });
});
