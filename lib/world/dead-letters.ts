/** The dead letters of a deployed stack, under the caller's own AWS credentials: looked at, and put back to where they failed. */

import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { UnavailableError } from "../model/input-error.ts";
import { reasonOf } from "./channels/reason.ts";
import { failedRun } from "./failed-run.ts";
import { type DeadLetterQueue, deadLetterLogicalIds, deadLetterQueues } from "./queue-names.ts";

interface DeadLetter {
  readonly id: string;
  /** Epoch ms; null where SQS didn't say. */
  readonly sentAt: number | null;
  /** As it was sent: by a step, or by whoever has rights on the queue. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DeadLetters {
  readonly queue: DeadLetterQueue;
  readonly name: string;
  /** About how many there are, as SQS counts. */
  count(): Promise<number>;
  /** At most `most` of them, in no promised order; each can be received again at once. */
  look(most: number): Promise<readonly DeadLetter[]>;
  /**
   * Each is sent first and deleted then: cut off in between it is there twice, which every step bears, and never lost.
   * `refused` is called for one that can't be sent, which stays where it is. Answers how many were replayed.
   */
  replay(refused: (id: string, why: string) => void): Promise<number>;
}

/** How long a letter is hidden while it is put back. */
const hiddenSeconds = 120;
const lookSeconds = 30;
const waitSeconds = 1;
const atOnce = 10;
const prefixKept = 20;

interface Services {
  readonly stack: string;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
}

/** Those that the stack has in this region. Rejects with an UnavailableError where there are none, or they may not be asked for. */
export async function openDeadLetters(stack: string): Promise<{ readonly all: readonly DeadLetters[]; close(): void }> {
  const services: Services = { stack, sqs: new SQSClient({}), lambda: new LambdaClient({}) };
  const close = (): void => {
    services.sqs.destroy();
    services.lambda.destroy();
  };
  try {
    const found = await findQueues(services);
    const all = deadLetterQueues.flatMap((queue) => {
      const { dead, source } = found.get(queue) ?? {};
      return dead === undefined ? [] : [deadLettersAt(services, { queue, url: dead, source: source ?? null })];
    });
    if (all.length === 0)
      throw new Error("it has none in this account and region: check the name, AWS_PROFILE and AWS_REGION");
    return { all, close };
  } catch (error) {
    close();
    throw new UnavailableError(`the dead letters of stack '${stack}' can't be reached: ${reasonOf(error)}`);
  }
}

/** URLs. */
interface Found {
  readonly dead?: string;
  readonly source?: string;
}

/** By CloudFormation's tags: names are shortened where they would be too long. */
async function findQueues({ stack, sqs }: Services): Promise<ReadonlyMap<DeadLetterQueue, Found>> {
  const found = new Map<DeadLetterQueue, Found>();
  let next: string | undefined;
  do {
    const page = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: stack.slice(0, prefixKept), MaxResults: 1_000, NextToken: next }),
    );
    for (const url of page.QueueUrls ?? []) {
      const { Tags = {} } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }));
      const id = Tags["aws:cloudformation:logical-id"] ?? "";
      if (Tags["aws:cloudformation:stack-name"] !== stack) continue;
      for (const queue of deadLetterQueues) {
        const { dead, source } = deadLetterLogicalIds[queue];
        if (id.startsWith(dead)) found.set(queue, { ...found.get(queue), dead: url });
        else if (source !== null && id.startsWith(source)) found.set(queue, { ...found.get(queue), source: url });
      }
    }
    next = page.NextToken;
  } while (next !== undefined);
  return found;
}

interface Place {
  readonly queue: DeadLetterQueue;
  readonly url: string;
  /** Null: none was found. */
  readonly source: string | null;
}

function deadLettersAt(services: Services, { queue, url, source }: Place): DeadLetters {
  const { sqs } = services;

  async function receive(visibleAfter: number): Promise<readonly Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: atOnce,
        VisibilityTimeout: visibleAfter,
        // Long enough to ask every server of the queue: a short poll may overlook some.
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["SentTimestamp"],
      }),
    );
    return Messages;
  }

  async function release(messages: readonly Message[]): Promise<void> {
    for (let at = 0; at < messages.length; at += atOnce) {
      const Entries = messages.slice(at, at + atOnce).map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
    }
  }

  return {
    queue,
    name: url.split("/").at(-1) ?? url,

    async count() {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },

    async look(most) {
      const seen = new Map<string | undefined, Message>();
      const held: Message[] = [];
      try {
        while (seen.size < most) {
          const some = await receive(lookSeconds);
          const fresh = some.filter(({ MessageId }) => !seen.has(MessageId));
          held.push(...some);
          for (const message of fresh) seen.set(message.MessageId, message);
          if (fresh.length === 0) break;
        }
      } finally {
        await release(held);
      }
      return [...seen.values()].slice(0, most).map(letterOf);
    },

    async replay(refused) {
      const send = queue === "runs" ? runner(services) : sender(services, source);
      const left: Message[] = [];
      let replayed = 0;
      try {
        for (;;) {
          const some = await receive(hiddenSeconds);
          if (some.length === 0) return replayed;
          for (const message of some) {
            const letter = letterOf(message);
            const why = await send(letter).catch((error: unknown) => reasonOf(error));
            if (why === null) {
              await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
              replayed++;
            } else {
              left.push(message);
              refused(letter.id, why);
            }
          }
        }
      } finally {
        await release(left);
      }
    },
  };
}

function letterOf({ MessageId = "", Body = "", Attributes = {}, MessageAttributes = {} }: Message): DeadLetter {
  const sentAt = Number(Attributes.SentTimestamp ?? Number.NaN);
  const texts = Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
    StringValue === undefined ? [] : [[name, StringValue] as const],
  );
  return {
    id: MessageId,
    sentAt: Number.isNaN(sentAt) ? null : sentAt,
    body: Body,
    attributes: Object.fromEntries(texts),
  };
}

/** Answers why it can't be sent; null: it was. */
type Send = (letter: DeadLetter) => Promise<string | null>;

/** Into the queue whose dead letters these are. */
function sender({ sqs }: Services, source: string | null): Send {
  return async ({ body }) => {
    if (source === null) return "the queue that it came from isn't there";
    await sqs.send(new SendMessageCommand({ QueueUrl: source, MessageBody: body }));
    return null;
  };
}

/** A run has no queue: its function is called anew, as the schedule would. */
function runner({ stack, lambda }: Services): Send {
  return async (letter) => {
    const run = failedRun(stack, letter);
    if (run === null) return "this is no run of a function of the stack";
    await lambda.send(
      new InvokeCommand({ FunctionName: run.target, InvocationType: "Event", Payload: Buffer.from(run.payload) }),
    );
    return null;
  };
}
