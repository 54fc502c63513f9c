/** What the clock begins: resolve and plan in every cycle, the tick in every minute, a look at the contacts in every hour. */

import { Aws, Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Step } from "./step.ts";
import { deadLetterQueue, letSend } from "./work-queue.ts";

export interface RhythmProps {
  readonly everyCycle: readonly Step[];
  readonly everyMinute: readonly Step[];
  readonly everyHour: readonly Step[];
  readonly everyMs: number;
  readonly paused: boolean;
}

export class Rhythm extends Construct {
  /** Runs that could not be begun, or failed: none is tried again, since the next one does what it left undone. */
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
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(Math.max(1, every.toMinutes())) };
    // CDK's own grant would take in every version of the function.
    const role = this.starter(step).withoutPolicyUpdates();
    new Schedule(this, step.node.id, {
      enabled: this.enabled,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(step.function, { input, role, deadLetterQueue: this.deadLetters, ...once }),
    });
    // CDK's own destination would let the function ask about the queue as well.
    const onFailure = { bind: () => ({ destination: this.deadLetters.queueArn }) };
    step.function.configureAsyncInvoke({ onFailure, ...once });
    letSend(step, this.deadLetters);
  }

  /** The scheduler's role for one step: to run it, and to lay aside what could not be begun. */
  private starter(step: Step): Role {
    const group = { service: "scheduler", resource: "schedule-group", resourceName: "default" };
    const conditions = {
      StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": Stack.of(this).formatArn(group) },
    };
    const role = new Role(this, `${step.node.id}Role`, {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", { conditions }),
    });
    const { functionArn } = step.function;
    role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.deadLetters.queueArn] }));
    return role;
  }
}
