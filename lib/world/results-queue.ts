/** The results queue of a deployed stack, under the caller's own AWS credentials. */

import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueue, type Queue } from "./queue.ts";

/** As the stack names it. */
export function resultsQueueName(stack: string): string {
  return `${stack}-results`;
}

/** Rejects when it isn't there, or may not be asked for. */
export async function openResultsQueue(stack: string): Promise<Queue & { close(): void }> {
  const client = new SQSClient({});
  const { QueueUrl = "" } = await client.send(new GetQueueUrlCommand({ QueueName: resultsQueueName(stack) }));
  return { ...createQueue(client, QueueUrl), close: () => client.destroy() };
}
