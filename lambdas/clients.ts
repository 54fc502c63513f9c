/** One client of each service for the life of a container, made when it is first needed. The only state of the functions beside their caches. */

import { SQSClient } from "@aws-sdk/client-sqs";
import type { DelayedScan } from "../lib/model/deep-scan.ts";
import type { DelayedJob } from "../lib/steps/plan.ts";
import { fromEnvironment } from "../lib/world/environment.ts";
import { createQueue, type Queue, type QueuedMessage } from "../lib/world/queue.ts";
import { once } from "./once.ts";

const sqs = once(() => new SQSClient({}));
const regionOfQueue = /^https:\/\/sqs\.([a-z0-9-]+)\./;

/** A request is signed for the region of its queue: a further vantage's stands in another one. */
function queueAt(url: string): Queue {
  const region = regionOfQueue.exec(url)?.[1];
  const isAbroad = region !== undefined && region !== process.env.AWS_REGION;
  return createQueue(isAbroad ? new SQSClient({ region }) : sqs(), url);
}

export const resultsQueue = once(() => queueAt(fromEnvironment("resultsQueue")));
const outboxQueue = once(() => createQueue(sqs(), fromEnvironment("outboxQueue")));
const jobQueues = once((): ReadonlyMap<string, Queue> => {
  const urls = JSON.parse(fromEnvironment("jobQueues")) as Record<string, string>;
  return new Map(Object.entries(urls).map(([vantage, url]) => [vantage, queueAt(url)]));
});

/** Those that the stack has built: somebody looks from there. */
export function vantages(): readonly string[] {
  return [...jobQueues().keys()];
}

/**
 * To the queue of each job's vantage, hidden there until its time. Rejects when one could not be sent.
 * Answers the vantages that have no queue: nobody looks from there, and their hops become stale.
 */
export async function sendJobs(jobs: readonly (DelayedJob | DelayedScan)[]): Promise<readonly string[]> {
  const nowhere: string[] = [];
  for (const [vantage, some] of Map.groupBy(jobs, ({ job }) => job.vantage)) {
    const queue = jobQueues().get(vantage);
    if (queue === undefined) nowhere.push(vantage);
    else await queue.send(some.map(message));
  }
  return nowhere;
}

function message({ job, delayMs }: DelayedJob | DelayedScan): QueuedMessage {
  return { body: JSON.stringify(job), delaySeconds: Math.floor(delayMs / 1000) };
}

interface WakeUp {
  readonly delaySeconds?: number;
  /** Of the look that there may be something to tell of. */
  readonly trace?: string;
}

/** Wakes `notify`, so that a message leaves within seconds; what is lost here leaves with the next tick. */
export async function wakeNotify({ delaySeconds = 0, trace }: WakeUp = {}): Promise<void> {
  await outboxQueue().send([{ body: JSON.stringify({ v: 1, trace }), delaySeconds }]);
}
