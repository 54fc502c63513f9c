/** Chainmail on AWS: the way of the data, from the schedule to people, and what watches it. */

import { Duration, Stack } from "aws-cdk-lib";
import { type IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { defaultVantage } from "../model/customer.ts";
import { jobsQueueName, resultsQueueName } from "../world/queue-names.ts";
import { accountKey } from "./account-key.ts";
import { digestOfJudging } from "./bundle.ts";
import type { StackSettings } from "./context.ts";
import { Dashboard } from "./dashboard.ts";
import { letTextPhones, Operators } from "./operators.ts";
import { Rhythm } from "./rhythm.ts";
import { Status } from "./status.ts";
import { minutes, Step } from "./step.ts";
import { Tables } from "./tables.ts";
import { Vantage } from "./vantage.ts";
import { queueArn } from "./vantage-stack.ts";
import { Watch } from "./watch.ts";
import { letSend, WorkQueue } from "./work-queue.ts";

export class ChainmailStack extends Stack {
  constructor(scope: Construct, settings: StackSettings) {
    super(scope, settings.stackName, {
      description: "Chainmail: a continuous TLS monitor for e-mail",
      ...(settings.region !== null && { env: { region: settings.region } }),
    });
    const every = Duration.millis(settings.everyMs);
    const key = settings.customerKey ? accountKey(this, "Key", settings.keepTables) : null;
    const tables = new Tables(this, "Tables", { prefix: settings.stackName, keep: settings.keepTables, key });
    const operators = new Operators(this, "Operators", settings, key);
    const status = new Status(this, "Status", { tables, operators, settings });
    const common = { stack: tables.prefix, every: String(settings.everyMs) };
    const upkeep = settings;
    // Made of the bundles: where CDK wants none of them, as to list the stacks, nobody reads it.
    const build = this.bundlingRequired ? digestOfJudging() : "not bundled";

    const resolve = new Step(this, "Resolve", {
      handler: "resolve",
      description: "Asks DNS where each customer's mail goes, and keeps the roster of targets",
      timeout: minutes(10),
      memory: 1024,
      environment: {
        ...common,
        ...(settings.resolvers.length > 0 && { resolvers: settings.resolvers.join(",") }),
        ...(settings.vantages.length > 0 && { vantages: settings.vantages.join(",") }),
      },
      upkeep,
    });
    const plan = new Step(this, "Plan", {
      handler: "plan",
      description: "Turns each slice of the roster into one job of this cycle",
      timeout: minutes(2),
      memory: 512,
      environment: common,
      upkeep,
    });
    const judge = new Step(this, "Judge", {
      handler: "judge",
      description: "Turns what was seen into findings, state and incidents",
      timeout: minutes(1),
      memory: 512,
      environment: common,
      upkeep,
    });
    const tick = new Step(this, "Tick", {
      handler: "tick",
      description: "Does what only the clock brings: silence, recovery, reminders, daily sums",
      timeout: minutes(2),
      memory: 512,
      environment: common,
      upkeep,
    });
    const notify = new Step(this, "Notify", {
      handler: "notify",
      description: "Sends the messages that incidents owe",
      // A mail relay may take most of a minute to fail.
      timeout: minutes(2),
      memory: 256,
      environment: { ...common, statusUrl: status.url, build },
      upkeep,
    });
    const contacts = new Step(this, "Contacts", {
      handler: "contacts",
      description: "Finds subscribers of the topics that get no messages",
      timeout: minutes(2),
      memory: 256,
      environment: common,
      upkeep,
    });

    const results = new WorkQueue(this, "Results", {
      consumer: judge,
      batchSize: 5,
      maxConcurrency: 2,
      tries: 5,
      oldest: minutes(15),
      // `chainmail drill --stack` sends to it.
      name: resultsQueueName(settings.stackName),
    });
    const outbox = new WorkQueue(this, "Outbox", {
      consumer: notify,
      batchSize: 10,
      maxConcurrency: 2,
      tries: 3,
      oldest: minutes(10),
    });
    const vantage = new Vantage(this, "Vantage", {
      name: defaultVantage,
      results: results.queue,
      isHome: true,
      settings,
    });
    const rhythm = new Rhythm(this, "Rhythm", {
      everyCycle: [resolve, plan],
      everyMinute: [tick],
      everyHour: [contacts],
      everyMs: settings.everyMs,
      paused: settings.paused,
    });

    const jobs = new Map<string, IQueue>([[vantage.name, vantage.jobs.queue], ...this.jobsAbroad(settings)]);
    const urls = Object.fromEntries([...jobs].map(([name, { queueUrl }]) => [name, queueUrl]));
    for (const step of [plan, judge, tick, notify]) {
      step.tell("jobQueues", this.toJsonString(urls));
      for (const queue of jobs.values()) letSend(step, queue);
    }
    // Notify wakes itself where a look has to bear out a message: unanswered, it leaves all the same.
    for (const step of [judge, tick, notify]) {
      step.tell("outboxQueue", outbox.queue.queueUrl);
      letSend(step, outbox.queue);
    }
    operators.letPublish(notify);
    for (const step of [notify, contacts]) {
      step.tell("topic", operators.topic.topicArn);
      if (operators.phones !== null) step.tell("phones", operators.phones.topicArn);
      if (operators.second !== null) step.tell("second", operators.second.topicArn);
      if (operators.secondPhones !== null) step.tell("secondPhones", operators.secondPhones.topicArn);
    }
    operators.letList(contacts);
    letTextPhones(notify);

    // Which of them each one makes is recorded, and compared both ways: test/lambdas/rights.test.ts.
    const causes = ["get", "getMany", "query", "queryIndex", "put", "remove"] as const;
    tables.grant(resolve, { config: ["get", "query"], state: [...causes, "writeMany"], ledger: ["put"] });
    tables.grant(plan, { state: ["get", "getMany", "query", "put"] });
    tables.grant(judge, { config: ["get", "query"], state: causes, ledger: ["query", "put"] });
    tables.grant(tick, { config: ["get", "query"], state: causes, ledger: ["put"] });
    tables.grant(notify, { config: ["get", "query"], state: causes, ledger: ["get", "query", "put"] });
    tables.grant(contacts, { config: ["get"], state: ["get", "put"] });

    const queues = { jobs: vantage.jobs, results, outbox };
    const watch = new Watch(this, "Watch", {
      operators,
      stack: tables.prefix,
      every,
      heartbeats: {
        resolve: every,
        plan: every,
        judge: every,
        tick: minutes(1),
        notify: minutes(1),
        contacts: minutes(60),
      },
      queues,
      deadLetters: {
        jobs: vantage.jobs.deadLetters,
        results: results.deadLetters,
        outbox: outbox.deadLetters,
        runs: rhythm.deadLetters,
      },
    });
    new Dashboard(this, "Dashboard", {
      stack: tables.prefix,
      every,
      alarms: watch.alarms,
      steps: { resolve, plan, probe: vantage.probe, judge, tick, notify, contacts },
      queues,
    });
  }

  /** Queues of further vantages, which stand in their own regions. */
  private jobsAbroad({ vantages, stackName }: StackSettings): readonly (readonly [string, IQueue])[] {
    return vantages.map((region) => {
      const arn = queueArn(this, region, jobsQueueName(stackName));
      return [region, Queue.fromQueueArn(this, `Jobs-${region}`, arn)];
    });
  }
}
