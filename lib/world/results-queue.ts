/** The results queue of a deployed stack, under the caller's own AWS credentials. */

import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { UnavailableError } from "../model/input-error.ts";
import { createQueue, type Queue } from "./queue.ts";
import { resultsQueueName } from "./queue-names.ts";

/** Rejects with an UnavailableError where it isn't there, or may not be asked for. */
export async function openResultsQueue(stack: string): Promise<Queue & { close(): void }> {
  const client = new SQSClient({});
  try {
    const { QueueUrl = "" } = await client.send(new GetQueueUrlCommand({ QueueName: resultsQueueName(stack) }));
    return { ...createQueue(client, QueueUrl), close: () => client.destroy() };
  } catch (error) {
    client.destroy();
    throw new UnavailableError(`the queue '${resultsQueueName(stack)}' can't be reached: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  return name.includes("QueueDoesNotExist") || name.includes("NonExistentQueue")
    ? "it isn't there; deploy this version of the stack, and check AWS_PROFILE and AWS_REGION"
    : message;
}
