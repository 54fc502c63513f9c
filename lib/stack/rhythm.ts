/** What the clock begins: resolve and plan in every cycle, the tick in every minute, a look at the contacts in every hour. */

import { Duration } from "aws-cdk-lib";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Step } from "./step.ts";
import { deadLetterQueue } from "./work-queue.ts";

export interface RhythmProps {
  readonly everyCycle: readonly Step[];
  readonly everyMinute: readonly Step[];
  readonly everyHour: readonly Step[];
  readonly everyMs: number;
  readonly paused: boolean;
}

export class Rhythm extends Construct {
  /** Runs that could not be begun, or failed twice. */
  readonly deadLetters: Queue;

  private readonly enabled: boolean;

  constructor(scope: Construct, id: string, { everyCycle, everyMinute, everyHour, everyMs, paused }: RhythmProps) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, "DeadLetters");
    this.enabled = !paused;
    for (const step of everyCycle) this.run(step, Duration.millis(everyMs));
    for (const step of everyMinute) this.run(step, Duration.minutes(1));
    for (const step of everyHour) this.run(step, Duration.hours(1));
  }

  private run(step: Step, every: Duration): void {
    // The time it was meant for, so that a run which is repeated belongs to the same cycle.
    const input = ScheduleTargetInput.fromObject({ v: 1, at: ContextAttribute.scheduledTime });
    const freshness = { retryAttempts: 1, maxEventAge: Duration.minutes(Math.max(1, every.toMinutes())) };
    new Schedule(this, step.node.id, {
      enabled: this.enabled,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(step.function, { input, deadLetterQueue: this.deadLetters, ...freshness }),
    });
    step.function.configureAsyncInvoke({ onFailure: new SqsDestination(this.deadLetters), ...freshness });
  }
}
