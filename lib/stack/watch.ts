/** Watches the watcher: alarms from CloudWatch straight to the operators, with none of our code between. */

import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Operators } from "./operators.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface WatchProps {
  readonly operators: Operators;
  /** The value of the dimension `Stack` of our heartbeats. */
  readonly stack: string;
  /** Steps and how often each has to say that it did its work. */
  readonly heartbeats: Readonly<Record<string, Duration>>;
  readonly queues: Readonly<Record<string, WorkQueue>>;
  readonly deadLetters: Readonly<Record<string, Queue>>;
}

/** Three heartbeats may fail, and five minutes pass, before somebody is woken. */
const leastMissed = 3;
const leastSilence = Duration.minutes(5);

export class Watch extends Construct {
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, { operators, stack, heartbeats, queues, deadLetters }: WatchProps) {
    super(scope, id);
    this.action = new SnsAction(operators.topic);
    for (const [step, every] of Object.entries(heartbeats)) this.heartbeat(step, every, stack);
    for (const [name, { oldest, queue }] of Object.entries(queues)) this.oldest(name, queue, oldest);
    for (const [name, queue] of Object.entries(deadLetters)) this.dead(name, queue);
  }

  private heartbeat(step: string, every: Duration, stack: string): void {
    const missed = Math.max(leastMissed, Math.ceil(leastSilence.toSeconds() / every.toSeconds()));
    const minutes = missed * every.toMinutes();
    this.alarm(`Heartbeat-${step}`, {
      metric: new Metric({
        namespace: "Chainmail",
        metricName: "Heartbeat",
        dimensionsMap: { Stack: stack, Step: step },
        statistic: Stats.SUM,
        period: every,
      }),
      description: `Chainmail: '${step}' has done no work for ${minutes} minutes. Until it does, nobody is watched. ${look(step)}`,
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: missed,
      missing: TreatMissingData.BREACHING,
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
      description: `Chainmail: messages of '${name}' failed again and again and lie in ${queue.queueName}: read one and the step's log.`,
      threshold: 0,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 1,
      missing: TreatMissingData.NOT_BREACHING,
    });
  }

  private alarm(id: string, alarm: AlarmWords): void {
    new Alarm(this, id, {
      metric: alarm.metric,
      alarmDescription: alarm.description,
      threshold: alarm.threshold,
      comparisonOperator: alarm.comparison,
      evaluationPeriods: alarm.periods,
      treatMissingData: alarm.missing,
    }).addAlarmAction(this.action);
  }
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
