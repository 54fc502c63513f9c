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
    expect([...heartbeats.keys()].sort()).toEqual(["contacts", "judge", "notify", "plan", "resolve", "tick"]);
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
  ])("with cycles of %s waits for %d missed ones, and of the plan for two", (every, missed, period) => {
    const all = [...resourcesOf(synthesized({ every }).template, "AWS::CloudWatch::Alarm").entries()];
    const of = (step: string) => all.find(([id]) => id.startsWith(`WatchHeartbeat${step}`))?.[1].Properties;
    expect(of("judge")).toMatchObject({ EvaluationPeriods: missed, Period: period });
    expect(of("plan")).toMatchObject({ EvaluationPeriods: 2, Period: period });
  });

  it("alarms when fewer than 90 % of the planned looks were made in two cycles, and when nobody says how many", () => {
    const [alarm] = alarms("Covered").values();
    expect(alarm).toMatchObject({
      Threshold: 90,
      ComparisonOperator: "LessThanThreshold",
      EvaluationPeriods: 2,
      TreatMissingData: "breaching",
    });
    const metrics = alarm?.Metrics as readonly Record<string, unknown>[];
    const sum = (MetricName: string) => ({
      MetricStat: {
        Metric: { Namespace: "Chainmail", MetricName, Dimensions: [{ Name: "Stack", Value: "Chainmail" }] },
        Period: 300,
        Stat: "Sum",
      },
      ReturnData: false,
    });
    expect(metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Expression: "IF(planned > 0, 100 * FILL(looked, 0) / planned, 100)" }),
        expect.objectContaining({ Id: "planned", ...sum("Planned") }),
        expect.objectContaining({ Id: "looked", ...sum("Looked") }),
      ]),
    );
  });

  it.each([
    ["Owed", "OutboxAge", "Maximum", 120, 1],
    ["FailedPublishes", "FailedPublishes", "Sum", 0, 2],
    ["Undeliverable", "DeadMessages", "Sum", 0, 1],
  ])("alarms by %s when %s is more than it may be", (id, MetricName, Statistic, Threshold, EvaluationPeriods) => {
    expect([...alarms(id).values()]).toMatchObject([
      {
        Namespace: "Chainmail",
        MetricName,
        Dimensions: [{ Name: "Stack", Value: "Chainmail" }],
        Statistic,
        Period: 60,
        Threshold,
        ComparisonOperator: "GreaterThanThreshold",
        EvaluationPeriods,
        TreatMissingData: "notBreaching",
      },
    ]);
  });

  it("alarms when SNS could not hand a message over", () => {
    const [topic] = resourcesOf(template, "AWS::SNS::Topic").keys();
    expect([...alarms("Undelivered").values()]).toMatchObject([
      {
        Namespace: "AWS/SNS",
        MetricName: "NumberOfNotificationsFailed",
        Dimensions: [{ Name: "TopicName", Value: { "Fn::GetAtt": [topic, "TopicName"] } }],
        Statistic: "Sum",
        Period: 60,
        Threshold: 0,
      },
    ]);
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
    const all = [...resourcesOf(template, "AWS::CloudWatch::Alarm").values()];
    expect(all).toHaveLength(18);
    for (const { Properties } of all) expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
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
