/** Job queue of a vantage → results queue. Knows no table: what it saw is all it has to say. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ProbeJob } from "../lib/model/jobs.ts";
import { probe } from "../lib/steps/probe.ts";
import { eachRecord } from "./batch.ts";
import { resultsQueue } from "./clients.ts";
import { log } from "./log.ts";
import { parseJob } from "./messages.ts";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return eachRecord("probe", event, parseJob, work);
}

async function work(job: ProbeJob): Promise<void> {
  const results = await probe(job, world());
  await resultsQueue().send(results.map((part) => ({ body: JSON.stringify(part), delaySeconds: 0 })));
  log("probe", "info", "looked", { cycle: job.cycle, slice: job.slice, round: job.round, tasks: job.tasks.length });
}
