import { Match, type Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it } from "vitest";
import { contexts, type Resource, resourcesOf, rightsOf, synthesized } from "./synthesized.ts";

let template: Template;
beforeAll(() => {
  template = synthesized({ alertEmail: "ops@example.com" }).template;
});

const all = (type: string): readonly Resource[] => [...resourcesOf(template, type).values()];

describe("the functions", () => {
  it("are one for each step, on Node 24 and arm64", () => {
    const functions = [...resourcesOf(template, "AWS::Lambda::Function").entries()];
    expect(functions.map(([id]) => id.replace(/Function\w{8}$/, "")).sort()).toEqual(
      ["Contacts", "Judge", "Notify", "Plan", "Resolve", "StatusApi", "Tick", "VantageProbe"].sort(),
    );
    for (const [, { Properties }] of functions)
      expect(Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"], Handler: "index.handler" });
  });

  it("reserve no concurrency: a new account has ten in all", () => {
    for (const { Properties } of all("AWS::Lambda::Function"))
      expect(Properties).not.toHaveProperty("ReservedConcurrentExecutions");
  });

  it("have a log of their own, as the API has of who asked, that is kept for a month or as the context says", () => {
    const logs = all("AWS::Logs::LogGroup");
    expect(logs).toHaveLength(all("AWS::Lambda::Function").length + 1);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(30);
    const full = synthesized(contexts.full).template;
    for (const { Properties } of resourcesOf(full, "AWS::Logs::LogGroup").values())
      expect(Properties.RetentionInDays).toBe(90);
  });
});

describe("the queues", () => {
  it("have a name where they are written to from outside: the results queue the stack's, so that the command line finds it for a drill", () => {
    const { template } = synthesized({ stackName: "Mail" });
    template.hasResourceProperties("AWS::SQS::Queue", { QueueName: "Mail-results" });
  });

  it("feed functions that leave room in a new account's ten, and fail records one by one", () => {
    const mappings = all("AWS::Lambda::EventSourceMapping");
    expect(mappings).toHaveLength(3);
    const most = mappings.map(({ Properties }) => {
      expect(Properties.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      return (Properties.ScalingConfig as { MaximumConcurrency: number }).MaximumConcurrency;
    });
    expect(Math.min(...most)).toBeGreaterThanOrEqual(2);
    expect(most.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(8);
  });

  it("hide a message for six times as long as its function may run", () => {
    const queues = resourcesOf(template, "AWS::SQS::Queue");
    const functions = resourcesOf(template, "AWS::Lambda::Function");
    for (const { Properties } of all("AWS::Lambda::EventSourceMapping")) {
      const source = Properties.EventSourceArn as { "Fn::GetAtt": [string, string] };
      const name = Properties.FunctionName as { Ref: string };
      const visibility = Number(queues.get(source["Fn::GetAtt"][0])?.Properties.VisibilityTimeout);
      expect(visibility).toBeGreaterThanOrEqual(6 * Number(functions.get(name.Ref)?.Properties.Timeout));
    }
  });

  it("give what fails again and again to dead letters that are kept for two weeks", () => {
    const queues = resourcesOf(template, "AWS::SQS::Queue");
    const live = [...queues.values()].filter(({ Properties }) => Properties.RedrivePolicy !== undefined);
    expect(live).toHaveLength(3);
    for (const { Properties } of live) {
      const policy = Properties.RedrivePolicy as { deadLetterTargetArn: { "Fn::GetAtt": [string, string] } };
      const dead = queues.get(policy.deadLetterTargetArn["Fn::GetAtt"][0]);
      expect(dead?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
    }
  });
});

describe("the tables", () => {
  it("are named after the stack, on demand and encrypted", () => {
    const names = all("AWS::DynamoDB::Table").map(({ Properties }) => Properties.TableName);
    expect(names).toEqual(["Chainmail-config", "Chainmail-state", "Chainmail-ledger"]);
    for (const { Properties } of all("AWS::DynamoDB::Table"))
      expect(Properties).toMatchObject({ BillingMode: "PAY_PER_REQUEST", SSESpecification: { SSEEnabled: true } });
  });

  it("can't be deleted by mistake, and stay when the stack goes, unless the context says otherwise", () => {
    for (const table of all("AWS::DynamoDB::Table")) {
      expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
      expect(table.Properties.DeletionProtectionEnabled).toBe(true);
    }
    const { template: passing } = synthesized({ keepTables: "false" });
    for (const table of resourcesOf(passing, "AWS::DynamoDB::Table").values()) {
      expect(table).toMatchObject({ DeletionPolicy: "Delete" });
      expect(table.Properties.DeletionProtectionEnabled).toBe(false);
    }
  });

  it("are backed up continuously: the ledger holds the record of incidents", () => {
    const backedUp = all("AWS::DynamoDB::Table").map(({ Properties }) => {
      const { PointInTimeRecoveryEnabled } = Properties.PointInTimeRecoverySpecification as Record<string, boolean>;
      return PointInTimeRecoveryEnabled;
    });
    expect(backedUp).toEqual([true, true, true]);
  });

  it("let the ledger expire by itself, and never the customers", () => {
    const expiry = all("AWS::DynamoDB::Table").map(({ Properties }) => Properties.TimeToLiveSpecification);
    expect(expiry).toEqual([
      undefined,
      { AttributeName: "expiresAt", Enabled: true },
      { AttributeName: "expiresAt", Enabled: true },
    ]);
  });

  it("have the index that the tick asks", () => {
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      TableName: "Chainmail-state",
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: "wake", Projection: { ProjectionType: "KEYS_ONLY" } })],
    });
  });
});

describe("the clock", () => {
  const rateOf = (step: string): unknown => {
    const schedules = [...resourcesOf(template, "AWS::Scheduler::Schedule").entries()];
    return schedules.find(([id]) => id.startsWith(`Rhythm${step}`))?.[1].Properties.ScheduleExpression;
  };

  it("begins resolve and plan in every cycle, the tick in every minute, and a look at the contacts in every hour", () => {
    expect([rateOf("Resolve"), rateOf("Plan"), rateOf("Tick"), rateOf("Contacts")]).toEqual([
      "rate(5 minutes)",
      "rate(5 minutes)",
      "rate(1 minute)",
      "rate(1 hour)",
    ]);
  });

  it("tells the time a run was meant for, so that a repeated run belongs to the same cycle", () => {
    for (const { Properties } of all("AWS::Scheduler::Schedule")) {
      const { Input } = Properties.Target as { Input: string };
      expect(JSON.parse(Input)).toEqual({ v: 1, at: "<aws.scheduler.scheduled-time>" });
    }
  });

  it("stands still where the context says so, and nowhere else", () => {
    const statesOf = (one: typeof template) =>
      [...resourcesOf(one, "AWS::Scheduler::Schedule").values()].map(({ Properties }) => Properties.State);
    expect(statesOf(template)).toEqual(["ENABLED", "ENABLED", "ENABLED", "ENABLED"]);
    expect(statesOf(synthesized({ paused: "true" }).template)).toEqual([
      "DISABLED",
      "DISABLED",
      "DISABLED",
      "DISABLED",
    ]);
  });

  it("takes the interval from the context", () => {
    const { template: hourly } = synthesized({ every: "1h" });
    hourly.hasResourceProperties("AWS::Scheduler::Schedule", { ScheduleExpression: "rate(1 hour)" });
    hourly.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ CHAINMAIL_EVERY_MS: "3600000" }) },
    });
  });
});

describe("who is told", () => {
  it("by mail and SMS as the context says", () => {
    const { template } = synthesized({ alertEmail: "ops@example.com,night@example.com", alertSms: "+4915112345678" });
    const subscriptions = [...resourcesOf(template, "AWS::SNS::Subscription").values()];
    expect(subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.Endpoint])).toEqual([
      ["email", "ops@example.com"],
      ["email", "night@example.com"],
      ["sms", "+4915112345678"],
    ]);
  });

  it("phones by a topic of their own, to which a message is sent once at most, and which the alarms reach too", () => {
    const { template } = synthesized({ alertEmail: "ops@example.com", alertSms: "+4915112345678" });
    const [operators, phones] = resourcesOf(template, "AWS::SNS::Topic").keys();
    const subscriptions = [...resourcesOf(template, "AWS::SNS::Subscription").values()];
    expect(subscriptions.map(({ Properties }) => [Properties.Protocol, Properties.TopicArn])).toEqual([
      ["email", { Ref: operators }],
      ["sms", { Ref: phones }],
    ]);
    const variables = Match.objectLike({ CHAINMAIL_TOPIC: { Ref: operators }, CHAINMAIL_PHONES: { Ref: phones } });
    template.hasResourceProperties("AWS::Lambda::Function", { Environment: { Variables: variables } });
    for (const { Properties } of resourcesOf(template, "AWS::CloudWatch::Alarm").values()) {
      expect(Properties.AlarmActions).toEqual([{ Ref: operators }, { Ref: phones }]);
    }
    const undelivered = [...resourcesOf(template, "AWS::CloudWatch::Alarm").values()]
      .filter(({ Properties }) => Properties.MetricName === "NumberOfNotificationsFailed")
      .map(({ Properties }) => Properties.Dimensions);
    expect(undelivered).toEqual(
      [operators, phones].map((topic) => [{ Name: "TopicName", Value: { "Fn::GetAtt": [topic, "TopicName"] } }]),
    );
    expect(rightsOf(template, "Notify").filter((right) => right.startsWith("sns:Publish Operators"))).toHaveLength(2);
  });

  it("second contacts by topics of their own, which no alarm of the watcher reaches", () => {
    const second = { escalateEmail: "boss@example.com", escalateSms: "+4915112345679" };
    const { template } = synthesized({ alertEmail: "ops@example.com", alertSms: "+4915112345678", ...second });
    const ids = [...resourcesOf(template, "AWS::SNS::Topic").keys()];
    const called = ids.map((id) => id.replace(/\w{8}$/, ""));
    expect(called).toEqual(["OperatorsTopic", "OperatorsPhones", "OperatorsSecond", "OperatorsSecondPhones"]);
    const subscriptions = [...resourcesOf(template, "AWS::SNS::Subscription").values()];
    expect(subscriptions.map(({ Properties }) => [Properties.Endpoint, Properties.TopicArn])).toEqual(
      ["ops@example.com", "+4915112345678", "boss@example.com", "+4915112345679"].map((endpoint, at) => [
        endpoint,
        { Ref: ids[at] },
      ]),
    );
    for (const { Properties } of resourcesOf(template, "AWS::CloudWatch::Alarm").values())
      expect(Properties.AlarmActions).toEqual([{ Ref: ids[0] }, { Ref: ids[1] }]);
    template.resourcePropertiesCountIs(
      "AWS::CloudWatch::Alarm",
      { MetricName: "NumberOfNotificationsFailed" },
      ids.length,
    );
    const on = (action: string, step: string) =>
      rightsOf(template, step).flatMap((right) =>
        right.startsWith(`sns:${action} O`) ? right.split(" ").slice(1) : [],
      );
    // Each grant names its topics; a phone's subscription isn't confirmed.
    expect(on("Publish", "Notify").toSorted()).toEqual(called.toSorted());
    expect(on("ListSubscriptionsByTopic", "Contacts").toSorted()).toEqual(called.toSorted());
    expect(on("ConfirmSubscription", "StatusApi").toSorted()).toEqual(["OperatorsSecond", "OperatorsTopic"]);
    for (const step of ["Notify", "Contacts"]) {
      const [, handler] = [...resourcesOf(template, "AWS::Lambda::Function")].find(([id]) => id.startsWith(step)) ?? [];
      expect(handler?.Properties.Environment).toMatchObject({
        Variables: {
          CHAINMAIL_TOPIC: { Ref: ids[0] },
          CHAINMAIL_PHONES: { Ref: ids[1] },
          CHAINMAIL_SECOND: { Ref: ids[2] },
          CHAINMAIL_SECOND_PHONES: { Ref: ids[3] },
        },
      });
    }
  });

  it("nobody, without a context value: the topic stands, and a warning and an output say so", () => {
    const { annotations, template } = synthesized();
    template.resourceCountIs("AWS::SNS::Topic", 1);
    template.resourceCountIs("AWS::SNS::Subscription", 0);
    template.hasOutput("AlertsTopic", { Description: Match.stringLikeRegexp("alertEmail=") });
    annotations.hasWarning("*", Match.stringLikeRegexp("nobody is subscribed to the alerts"));
  });

  it("with a recipient there is no warning", () => {
    const { annotations } = synthesized({ alertEmail: "ops@example.com" });
    annotations.hasNoWarning("*", Match.anyValue());
  });
});

it("outputs what a person needs next", () => {
  expect(Object.keys(template.toJSON().Outputs).sort()).toEqual([
    "AlertsTopic",
    "DashboardUrl",
    "Port25",
    "StackName",
    "StatusUrl",
  ]);
  template.hasOutput("AlertsTopic", { Description: Match.stringLikeRegexp("Next: within 2 days confirm the mail") });
  template.hasOutput("StatusUrl", { Description: Match.stringLikeRegexp("Next: npx chainmail token create") });
});

it("knows no account and no region", () => {
  expect(JSON.stringify(template.toJSON())).not.toMatch(/\b\d{12}\b|\beu-|\bus-/);
});
