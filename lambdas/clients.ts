/** One client of each service for the life of a container, made when it is first needed. The only state of the functions beside their caches. */

import { SQSClient } from "@aws-sdk/client-sqs";
import type { DelayedJob } from "../lib/steps/plan.ts";
import { fromEnvironment } from "../lib/world/environment.ts";
import { createQueue, type Queue, type QueuedMessage } from "../lib/world/queue.ts";
import { once } from "./once.ts";

const sqs = once(() => new SQSClient({}));

export const resultsQueue = once(() => createQueue(sqs(), fromEnvironment("resultsQueue")));
const outboxQueue = once(() => createQueue(sqs(), fromEnvironment("outboxQueue")));
const jobQueues = once((): ReadonlyMap<string, Queue> => {
  const urls = JSON.parse(fromEnvironment("jobQueues")) as Record<string, string>;
  return new Map(Object.entries(urls).map(([vantage, url]) => [vantage, createQueue(sqs(), url)]));
});

/** Those that the stack has built: somebody looks from there. */
export function vantages(): readonly string[] {
  return [...jobQueues().keys()];
}

/**
 * To the queue of each job's vantage, hidden there until its time. Rejects when one could not be sent.
 * Answers the vantages that have no queue: nobody looks from there, and their hops become stale.
 */
export async function sendJobs(jobs: readonly DelayedJob[]): Promise<readonly string[]> {
  const nowhere: string[] = [];
  for (const [vantage, some] of Map.groupBy(jobs, ({ job }) => job.vantage)) {
    const queue = jobQueues().get(vantage);
    if (queue === undefined) nowhere.push(vantage);
    else await queue.send(some.map(message));
  }
  return nowhere;
}

function message({ job, delayMs }: DelayedJob): QueuedMessage {
  return { body: JSON.stringify(job), delaySeconds: Math.floor(delayMs / 1000) };
}

/** Wakes `notify`, so that a message leaves within seconds; what is lost here leaves with the next tick. */
export async function wakeNotify(delaySeconds = 0): Promise<void> {
  await outboxQueue().send([{ body: JSON.stringify({ v: 1 }), delaySeconds }]);
}
