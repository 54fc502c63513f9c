import type { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { type Resource, resourcesOf, synthesized } from "./synthesized.ts";

let template: Template;
beforeAll(() => {
  template = synthesized().template;
});

const alarms = (kind: string): ReadonlyMap<string, Resource["Properties"]> =>
  new Map(
    [...resourcesOf(template, "AWS::CloudWatch::Alarm").entries()]
      .filter(([id]) => id.startsWith(`Watch${kind}`))
      .map(([id, { Properties }]) => [id.slice(`Watch${kind}`.length, -8), Properties]),
  );

describe("who watches the watcher", () => {
  it("alarms when a step's heartbeats are missing, and missing data is missing heartbeats", () => {
    const heartbeats = alarms("Heartbeat");
    expect([...heartbeats.keys()].sort()).toEqual(["judge", "notify", "plan", "resolve", "tick"]);
    for (const [step, alarm] of heartbeats) {
      expect(alarm).toMatchObject({
        Namespace: "Chainmail",
        MetricName: "Heartbeat",
        Dimensions: [
          { Name: "Stack", Value: "Chainmail" },
          { Name: "Step", Value: step },
        ],
        Statistic: "Sum",
        Threshold: 1,
        ComparisonOperator: "LessThanThreshold",
        TreatMissingData: "breaching",
      });
    }
  });

  it.each([
    ["1m", 5, 60],
    ["5m", 3, 300],
    ["1h", 3, 3600],
  ])("with cycles of %s waits for %d missed ones", (every, missed, period) => {
    const { template } = synthesized({ every });
    const plan = [...resourcesOf(template, "AWS::CloudWatch::Alarm").entries()].find(([id]) => id.includes("plan"));
    expect(plan?.[1].Properties).toMatchObject({ EvaluationPeriods: missed, Period: period });
  });

  it("alarms on the first dead letter of every queue and of the schedule", () => {
    const dead = alarms("Dead");
    expect([...dead.keys()].sort()).toEqual(["jobs", "outbox", "results", "runs"]);
    for (const alarm of dead.values())
      expect(alarm).toMatchObject({
        MetricName: "ApproximateNumberOfMessagesVisible",
        Threshold: 0,
        EvaluationPeriods: 1,
      });
  });

  it("alarms on messages that wait too long", () => {
    const oldest = alarms("Oldest");
    expect([...oldest.keys()].sort()).toEqual(["jobs", "outbox", "results"]);
    for (const alarm of oldest.values()) expect(alarm).toMatchObject({ MetricName: "ApproximateAgeOfOldestMessage" });
  });

  it("tells the operators' topic and nobody of our own", () => {
    const [topic] = resourcesOf(template, "AWS::SNS::Topic").keys();
    for (const { Properties } of resourcesOf(template, "AWS::CloudWatch::Alarm").values())
      expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
  });

  it("may publish there although the topic has a policy of its own", () => {
    const [policy] = resourcesOf(template, "AWS::SNS::TopicPolicy").values();
    const { Statement } = (policy?.Properties.PolicyDocument ?? {}) as {
      Statement?: readonly Record<string, unknown>[];
    };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
      }),
    );
  });
});
