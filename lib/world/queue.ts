/** Messages to an SQS queue, as few calls as they need. */

import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from "@aws-sdk/client-sqs";

export interface QueuedMessage {
  readonly body: string;
  /** 0 to 900, the most that SQS takes. */
  readonly delaySeconds: number;
}

export interface Queue {
  /** At least once each. Rejects when some could not be sent: then it isn't known which arrived. */
  send(messages: readonly QueuedMessage[]): Promise<void>;
}

/** Of one message, and of all messages in one call. */
export const mostBytes = 262_144;
const mostInOneCall = 10;
const triesPerMessage = 3;

export function createQueue(client: SQSClient, url: string): Queue {
  async function sendBatch(entries: readonly SendMessageBatchRequestEntry[], triesLeft: number): Promise<void> {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [...entries] }));
    if (Failed.length === 0) return;
    const again = new Set(Failed.filter(({ SenderFault }) => SenderFault !== true).map(({ Id }) => Id));
    if (triesLeft === 0 || again.size < Failed.length)
      throw new Error(`${Failed.length} messages were not sent to ${url}: ${Failed[0]?.Code}: ${Failed[0]?.Message}`);
    await sendBatch(
      entries.filter(({ Id }) => again.has(Id)),
      triesLeft - 1,
    );
  }

  return {
    async send(messages) {
      for (const batch of batches(messages)) {
        const entries = batch.map(({ body, delaySeconds }, index) => ({
          Id: String(index),
          MessageBody: body,
          DelaySeconds: delaySeconds,
        }));
        await sendBatch(entries, triesPerMessage - 1);
      }
    },
  };
}

/** At most ten messages and 256 kB together. A message that is longer stands alone, for the service to refuse. */
export function batches(messages: readonly QueuedMessage[]): readonly (readonly QueuedMessage[])[] {
  const all: QueuedMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const last = all.at(-1);
    if (last === undefined || last.length === mostInOneCall || bytes + size > mostBytes) {
      all.push([message]);
      bytes = size;
    } else {
      last.push(message);
      bytes += size;
    }
  }
  return all;
}
