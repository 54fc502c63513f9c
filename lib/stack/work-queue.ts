/** A queue that one step empties. What fails again and again ends in its dead letters, where an alarm sees it. */

import { Duration } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Step } from "./step.ts";

export interface WorkQueueProps {
  readonly consumer: Step;
  readonly batchSize: number;
  /** Functions at work at once: 2 or more. New accounts have ten in all, so this bounds instead of a reservation. */
  readonly maxConcurrency: number;
  /** Tries before a message is a dead letter. */
  readonly tries: number;
  /** How old a message may become before somebody should look. */
  readonly oldest: Duration;
  /** Where the command line has to find it. */
  readonly name?: string;
}

export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly oldest: Duration;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.oldest = props.oldest;
    this.deadLetters = deadLetterQueue(this, "DeadLetters");
    this.queue = new Queue(this, "Queue", {
      ...(props.name !== undefined && { queueName: props.name }),
      // AWS's advice: a throttled function is retried for as long, and a message must stay hidden meanwhile.
      visibilityTimeout: Duration.seconds(6 * props.consumer.timeout.toSeconds()),
      retentionPeriod: Duration.days(1),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.tries },
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    props.consumer.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: props.batchSize,
        maxConcurrency: props.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

/** Keeps for the longest that SQS can what nobody could work on. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  return new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
}
