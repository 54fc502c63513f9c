/** A queue that one step empties. What fails again and again ends in its dead letters, where an alarm sees it. */

import { Duration, Names } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type IQueue, Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
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
    const { function: consumer } = props.consumer;
    // As CDK's `SqsEventSource` would, by the same logical id, but with what Lambda's poller needs and no more.
    consumer.addToRolePolicy(new PolicyStatement({ actions: [...polling], resources: [this.queue.queueArn] }));
    consumer.addEventSourceMapping(`SqsEventSource:${Names.nodeUniqueId(this.queue.node)}`, {
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchSize,
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}

/** Those of AWS's managed policy for functions that a queue feeds. */
const polling = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** CDK's own grant would let it ask for the queue's address and attributes too, which no step does. */
export function letSend(step: Step, queue: IQueue): void {
  step.function.addToRolePolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }));
}

/** Keeps for the longest that SQS can what nobody could work on. */
export function deadLetterQueue(scope: Construct, id: string): Queue {
  return new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
}
