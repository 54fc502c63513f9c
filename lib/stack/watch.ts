/** Watches the watcher: alarms from CloudWatch straight to the operators, with none of our code between. */

import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Operators } from "./operators.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface WatchProps {
  readonly operators: Operators;
  /** The value of the dimension `Stack` of our heartbeats. */
  readonly stack: string;
  /** Of a cycle. */
  readonly every: Duration;
  /** Steps and how often each has to say that it did its work. Null: of a vantage, whose looks the home region counts. */
  readonly heartbeats: Readonly<Record<string, Duration>> | null;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly deadLetters: Readonly<Record<string, Queue>>;
}

/** Three heartbeats may fail, and five minutes pass, before somebody is woken; of the plan two, since without it nothing begins. */
const leastMissed = 3;
const plansMissed = 2;
const leastSilence = Duration.minutes(5);
/** Of the looks that were planned, in %. */
const leastCovered = 90;
const cyclesUncovered = 2;
const longestOwed = Duration.minutes(2);
/** A try that fails is made again after 15 seconds: it has to fail on, into a second minute. */
const minutesFailing = 2;

export class Watch extends Construct {
  readonly alarms: Alarm[] = [];

  private readonly actions: readonly SnsAction[];

  private readonly stack: string;

  constructor(scope: Construct, id: string, { operators, stack, every, heartbeats, queues, deadLetters }: WatchProps) {
    super(scope, id);
    this.actions = operators.first.map((topic) => new SnsAction(topic));
    this.stack = stack;
    if (heartbeats !== null) {
      for (const [step, beat] of Object.entries(heartbeats)) this.heartbeat(step, beat);
      this.covered(every);
      this.owed();
      this.failing();
    }
    this.undelivered("Undelivered", operators.topic);
    if (operators.phones !== null) this.undelivered("UndeliveredSms", operators.phones);
    if (operators.second !== null) this.undelivered("UndeliveredSecond", operators.second);
    if (operators.secondPhones !== null) this.undelivered("UndeliveredSecondSms", operators.secondPhones);
    for (const [name, { oldest, queue }] of Object.entries(queues)) this.oldest(name, queue, oldest);
    for (const [name, queue] of Object.entries(deadLetters)) this.dead(name, queue);
  }

  private heartbeat(step: string, every: Duration): void {
    const missed =
      step === "plan" ? plansMissed : Math.max(leastMissed, Math.ceil(leastSilence.toSeconds() / every.toSeconds()));
    const minutes = missed * every.toMinutes();
    this.alarm(`Heartbeat-${step}`, {
      metric: this.ours("Heartbeat", Stats.SUM, every, { Step: step }),
      description: `Chainmail: '${step}' has done no work for ${minutes} minutes. Until it does, nobody is watched. ${look(step)}`,
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: missed,
      missing: TreatMissingData.BREACHING,
    });
  }

  /** Without a plan there is no share; a fleet without targets is covered. */
  private covered(period: Duration): void {
    this.alarm("Covered", {
      metric: new MathExpression({
        expression: "IF(planned > 0, 100 * FILL(looked, 0) / planned, 100)",
        usingMetrics: {
          planned: this.ours("Planned", Stats.SUM, period),
          looked: this.ours("Looked", Stats.SUM, period),
        },
        label: "looked at, % of what was planned",
        period,
      }),
      description: `Chainmail: in ${cyclesUncovered} cycles on end fewer than ${leastCovered} % of the planned looks were made and judged: what isn't looked at isn't watched. Look at the logs of probe and judge, and at the age of their queues.`,
      threshold: leastCovered,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: cyclesUncovered,
      missing: TreatMissingData.BREACHING,
    });
  }

  /** Told by the tick, in every minute: where that is missing, its own heartbeat is. */
  private owed(): void {
    this.alarm("Owed", {
      metric: this.ours("OutboxAge", Stats.MAXIMUM, Duration.minutes(1)),
      description: `Chainmail: a message has been owed for more than ${longestOwed.toMinutes()} minutes: nobody sends, or a channel doesn't take it. Look at the log of notify.`,
      threshold: longestOwed.toSeconds(),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 1,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private failing(): void {
    const minute = Duration.minutes(1);
    this.alarm("FailedPublishes", {
      metric: this.ours("FailedPublishes", Stats.SUM, minute),
      description:
        "Chainmail: messages could not be published, and still can't: look at the log of notify for who and why.",
      threshold: 0,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: minutesFailing,
      missing: TreatMissingData.NOT_BREACHING,
    });
    this.alarm("Undeliverable", {
      metric: this.ours("DeadMessages", Stats.SUM, minute),
      description:
        "Chainmail: a recipient will never get a message that it was owed: look at the log of notify for who and why.",
      threshold: 0,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 1,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private undelivered(id: string, topic: Topic): void {
    this.alarm(id, {
      metric: topic.metricNumberOfNotificationsFailed({ period: Duration.minutes(1), statistic: Stats.SUM }),
      description:
        "Chainmail: SNS could not hand a message of the topic to a subscriber: look at the topic's subscriptions.",
      threshold: 0,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 1,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private oldest(name: string, queue: Queue, age: Duration): void {
    this.alarm(`Oldest-${name}`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      description: `Chainmail: the oldest message of '${name}' has waited for more than ${age.toMinutes()} minutes: its step is too slow, throttled or failing.`,
      threshold: age.toSeconds(),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 3,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private dead(name: string, queue: Queue): void {
    this.alarm(`Dead-${name}`, {
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      description: `Chainmail: messages of '${name}' failed for good and lie in ${queue.queueName}: read one and the step's log.`,
      threshold: 0,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 1,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private ours(
    metricName: string,
    statistic: string,
    period: Duration,
    dimensions: Readonly<Record<string, string>> = {},
  ): Metric {
    return ourMetric(this.stack, metricName, { statistic, period, dimensions });
  }

  private alarm(id: string, alarm: AlarmWords): void {
    const made = new Alarm(this, id, {
      metric: alarm.metric,
      alarmDescription: alarm.description,
      threshold: alarm.threshold,
      comparisonOperator: alarm.comparison,
      evaluationPeriods: alarm.periods,
      treatMissingData: alarm.missing,
    });
    made.addAlarmAction(...this.actions);
    this.alarms.push(made);
  }
}

interface MetricProps {
  readonly statistic: string;
  readonly period: Duration;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** What our functions say in their logs, in the embedded metric format. */
export function ourMetric(stack: string, metricName: string, { dimensions = {}, ...props }: MetricProps): Metric {
  return new Metric({ namespace: "Chainmail", metricName, dimensionsMap: { Stack: stack, ...dimensions }, ...props });
}

interface AlarmWords {
  readonly metric: IMetric;
  readonly description: string;
  readonly threshold: number;
  readonly comparison: ComparisonOperator;
  readonly periods: number;
  readonly missing: TreatMissingData;
}

function look(step: string): string {
  return step === "judge"
    ? "In a fresh stack: no customers were imported yet."
    : "Look at its log and at the account's Lambda limits.";
}
